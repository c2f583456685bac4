package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	workflow "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/kubeflow/pipelines/backend/src/apiserver/common"
	"github.com/kubeflow/pipelines/backend/src/apiserver/model"
	"github.com/kubeflow/pipelines/backend/src/apiserver/plugins"
	"github.com/kubeflow/pipelines/backend/src/apiserver/plugins/mlflow"
	"github.com/kubeflow/pipelines/backend/src/apiserver/template"
	"github.com/kubeflow/pipelines/backend/src/common/util"
	"github.com/spf13/viper"
	k8score "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
)

// makeWorkflow makes what the API server sends to Kubernetes, MLflow's plugin included, and has Argo
// check it.
func makeWorkflow(spec *template.V2Spec) *workflow.Workflow {
	run := &model.Run{DisplayName: "golden", Namespace: *namespace, ServiceAccount: "pipeline-runner"}
	run.RuntimeConfig.Parameters = model.LargeText(*parameters)
	made, err := spec.RunWorkflow(run, template.RunWorkflowOptions{RunID: runID})
	check(err)
	text := made.ToStringForStore()
	log.Printf("Argo's workflow: %d bytes", len(text))
	if *plugin != "" {
		startPlugin(made)
		text = made.ToStringForStore()
	}
	check(made.Validate(false, false))
	if *workflowOut != "" {
		check(os.WriteFile(*workflowOut, []byte(text), 0o644))
	}
	parsed := &workflow.Workflow{}
	check(json.Unmarshal([]byte(text), parsed))
	return parsed
}

// startPlugin has the API server's half of the plugin make the run's MLflow run, and gives the
// driver's half, in this process, the environment that its container would have.
func startPlugin(made util.ExecutionSpec) {
	viper.AutomaticEnv()
	viper.Set(common.MultiUserMode, *several)
	viper.SetConfigType("json")
	check(viper.ReadConfig(strings.NewReader(fmt.Sprintf(`{"plugins": {"mlflow": %s}}`, read(*plugin)))))
	config, err := mlflow.ResolveMLflowRequestConfig(context.Background(), clients{}, *namespace)
	check(err)
	pending := &plugins.PendingRun{RunID: runID, DisplayName: "golden", Namespace: *namespace}
	handler := mlflow.NewHandler(&mlflow.MLflowPluginInput{}, *namespace)
	_, err = handler.OnBeforeRunCreation(context.Background(), pending, config)
	check(err)
	check(mlflow.InjectMLflowRuntimeEnv(made, handler.RunStartEnvVars))
	for _, variable := range handler.RunStartEnvVars {
		os.Setenv(variable.Name, value(variable))
	}
}

// value is what a container would see: the variable's own, or that of its Secret.
func value(variable k8score.EnvVar) string {
	if variable.ValueFrom == nil {
		return variable.Value
	}
	ref := variable.ValueFrom.SecretKeyRef
	secret := &k8score.Secret{}
	check(json.Unmarshal(object("secrets", ref.Name), secret))
	return string(secret.Data[ref.Key])
}

type clients struct{}

func (clients) GetClientSet() kubernetes.Interface {
	config, err := util.GetKubernetesConfig()
	check(err)
	client, err := kubernetes.NewForConfig(config)
	check(err)
	return client
}

// serveObjects answers for the Kubernetes API.
func serveObjects() {
	prefix := "/api/v1/namespaces/" + *namespace + "/"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, prefix), "/")
		w.Header().Set("Content-Type", "application/json")
		if found := object(kind, name); found != nil {
			w.Write(found)
			return
		}
		http.Error(w, `{"kind": "Status", "reason": "NotFound", "code": 404}`, http.StatusNotFound)
	}))
	file := filepath.Join(os.TempDir(), fmt.Sprintf("walk-%d.kubeconfig", os.Getpid()))
	check(os.WriteFile(file, []byte(fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "walk",
		"contexts": [{"name": "walk", "context": {"cluster": "walk"}}],
		"clusters": [{"name": "walk", "cluster": {"server": %q}}]}`, server.URL)), 0o600))
	os.Setenv("KUBECONFIG", file)
}

// object is one of the given, or nil; kind is as in the API's addresses, "configmaps".
func object(kind, name string) json.RawMessage {
	var all []json.RawMessage
	check(json.Unmarshal(read(*objects), &all))
	for _, one := range all {
		head := struct {
			Kind     string
			Metadata struct{ Name string }
		}{}
		check(json.Unmarshal(one, &head))
		if strings.ToLower(head.Kind)+"s" == kind && head.Metadata.Name == name {
			return one
		}
	}
	return nil
}
