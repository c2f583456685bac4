package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	workflow "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/kubeflow/pipelines/api/v2alpha1/go/pipelinespec"
	"github.com/kubeflow/pipelines/backend/src/apiserver/template"
	"github.com/kubeflow/pipelines/backend/src/v2/cacheutils"
	"github.com/kubeflow/pipelines/backend/src/v2/common/plugins"
	"github.com/kubeflow/pipelines/backend/src/v2/driver"
	"github.com/kubeflow/pipelines/backend/src/v2/metadata"
	"github.com/kubeflow/pipelines/backend/src/v2/objectstore"
	"github.com/kubeflow/pipelines/kubernetes_platform/go/kubernetesplatform"
	pb "github.com/kubeflow/pipelines/third_party/ml-metadata/go/ml_metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	k8score "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// task is a container that would have started.
type task struct {
	Task      string            `json:"task"`
	Executor  string            `json:"executor"`
	Component string            `json:"component"`
	Patch     json.RawMessage   `json:"podSpecPatch"`
	Container k8score.Container `json:"container"` // what the pod's main container becomes
	Volumes   []k8score.Volume  `json:"volumes"`
}

// walker stands for Argo, which starts a driver for each task, and for the launcher, which reports
// what a task has made.
type walker struct {
	spec     *template.V2Spec
	context  context.Context
	mlmd     *metadata.Client
	outputs  map[string]map[string]any
	workflow *workflow.Workflow
	tasks    []task
	dags     int
}

func newClient() *metadata.Client { return metadata.NewTestClient(newStore()) }

// noCache has no earlier results; its keys are KFP's own.
type noCache struct{ cacheutils.Client }

func (noCache) GetExecutionCache(string, string, string) (string, error) { return "", nil }

func (w *walker) options(kind, name string, component *pipelinespec.ComponentSpec) driver.Options {
	dispatcher, err := plugins.GetPluginDispatcher()
	check(err)
	return driver.Options{
		PipelineName: w.spec.V2PipelineName(), RunID: runID, RunName: "golden", RunDisplayName: "golden",
		Namespace: *namespace, Component: component, TaskName: name, IterationIndex: -1, DriverType: kind,
		PipelineLogLevel: "1", PublishLogs: "true", PluginDispatcher: dispatcher,
		MLPipelineServerAddress: "ml-pipeline." + *namespace, MLPipelineServerPort: "8887",
		MLMDServerAddress: "metadata-grpc-service." + *namespace, MLMDServerPort: "8080",
	}
}

// root runs the pipeline. The compiler fills in defaults (argocompiler, Compile).
func (w *walker) root(inputs map[string]*structpb.Value) error {
	component := w.spec.PipelineSpec().Root
	for name, input := range component.GetInputDefinitions().GetParameters() {
		if inputs[name] == nil && input.DefaultValue != nil {
			inputs[name] = input.DefaultValue
		}
	}
	options := w.options("ROOT_DAG", "", component)
	options.RuntimeConfig = &pipelinespec.PipelineJob_RuntimeConfig{ParameterValues: inputs}
	execution, err := driver.RootDAG(w.context, options, w.mlmd)
	if err != nil {
		return err
	}
	return w.dag("", component, execution.ID)
}

// dag runs the tasks of a sub-pipeline, each after those that it waits for.
func (w *walker) dag(path string, component *pipelinespec.ComponentSpec, id int64) error {
	tasks := component.GetDag().GetTasks()
	done := map[string]bool{}
	for len(done) < len(tasks) {
		before := len(done)
		for _, name := range slices.Sorted(maps.Keys(tasks)) {
			waits := func(other string) bool { return !done[other] }
			if done[name] || slices.ContainsFunc(tasks[name].GetDependentTasks(), waits) {
				continue
			}
			if err := w.task(path+name, name, tasks[name], id); err != nil {
				return fmt.Errorf("%s%s: %w", path, name, err)
			}
			done[name] = true
		}
		if len(done) == before {
			return fmt.Errorf("%s: tasks wait for each other", path)
		}
	}
	return nil
}

func (w *walker) task(path, name string, spec *pipelinespec.PipelineTaskSpec, parent int64) error {
	component := w.spec.PipelineSpec().Components[spec.GetComponentRef().GetName()]
	if component.GetDag() == nil && spec.GetParameterIterator() == nil {
		return w.container(path, name, spec, component, parent, -1)
	}
	options := w.options("DAG", name, component)
	options.Task, options.DAGExecutionID = spec, parent
	execution, err := driver.DAG(w.context, options, w.mlmd)
	if err != nil || !execution.WillTrigger() {
		return err
	}
	w.dags++
	if spec.GetParameterIterator() != nil {
		return w.loop(path, name, spec, component, execution)
	}
	return w.dag(path+"/", component, execution.ID)
}

// loop runs a container for each item, as the compiler has Argo do it (argocompiler, iterationItemTask).
func (w *walker) loop(
	path, name string, spec *pipelinespec.PipelineTaskSpec, component *pipelinespec.ComponentSpec,
	loop *driver.Execution,
) error {
	if component.GetDag() != nil {
		return fmt.Errorf("loops over sub-pipelines are not followed")
	}
	for index := range *loop.IterationCount {
		iteration := fmt.Sprintf("%s(%d)", path, index)
		if err := w.container(iteration, name, spec, component, loop.ID, index); err != nil {
			return fmt.Errorf("%s: %w", iteration, err)
		}
	}
	return nil
}

func (w *walker) container(
	path, name string, spec *pipelinespec.PipelineTaskSpec, component *pipelinespec.ComponentSpec, parent int64,
	index int,
) error {
	label := component.GetExecutorLabel()
	deployment := &pipelinespec.PipelineDeploymentConfig{}
	convert(w.spec.PipelineSpec().GetDeploymentSpec(), deployment)
	kubernetes := &kubernetesplatform.KubernetesExecutorConfig{}
	convert(w.spec.PlatformSpec().Platforms["kubernetes"].DeploymentSpec.Executors[label], kubernetes)
	options := w.options("CONTAINER", name, component)
	options.Task, options.DAGExecutionID, options.IterationIndex = spec, parent, index
	options.Container, options.KubernetesExecutorConfig = deployment.Executors[label].GetContainer(), kubernetes
	cache, err := cacheutils.NewClient("localhost", "1", false, nil)
	check(err)
	execution, err := driver.Container(w.context, options, w.mlmd, noCache{cache})
	if err != nil || !execution.WillTrigger() {
		return err
	}
	container, volumes := w.merged(execution.PodSpecPatch)
	w.tasks = append(w.tasks, task{
		path, label, spec.GetComponentRef().GetName(), json.RawMessage(execution.PodSpecPatch), container, volumes,
	})
	return w.publish(spec.GetComponentRef().GetName(), component, execution)
}

// merged applies a patch to the template that the compiler made for stages, with the call that Argo
// makes (workflow/util/util.go, ApplyPodSpecPatch).
func (w *walker) merged(patch string) (k8score.Container, []k8score.Volume) {
	for _, one := range w.workflow.Spec.Templates {
		if one.Container == nil || one.PodSpecPatch == "" {
			continue
		}
		main := *one.Container
		main.Name = "main"
		before, err := json.Marshal(k8score.PodSpec{Containers: []k8score.Container{main}, Volumes: one.Volumes})
		check(err)
		after, err := strategicpatch.StrategicMergePatch(before, []byte(patch), k8score.PodSpec{})
		check(err)
		pod := k8score.PodSpec{}
		check(json.Unmarshal(after, &pod))
		return pod.Containers[0], pod.Volumes
	}
	panic("no template for stages")
}

// publish reports a task's end as the launcher does (component, launcher_v2.go, Execute).
func (w *walker) publish(name string, component *pipelinespec.ComponentSpec, execution *driver.Execution) error {
	stored, err := w.mlmd.GetExecution(w.context, execution.ID)
	if err != nil {
		return err
	}
	session, err := objectstore.GetSessionInfoFromString(stored.GetPipeline().GetStoreSessionInfo())
	if err != nil {
		return err
	}
	bucket, err := objectstore.ParseBucketConfig(stored.GetPipeline().GetPipelineRoot(), session)
	if err != nil {
		return err
	}
	var artifacts []*metadata.OutputArtifact
	for output, list := range execution.ExecutorInput.Outputs.Artifacts {
		schema := "title: " + list.Artifacts[0].GetType().GetSchemaTitle()
		artifact, err := w.mlmd.RecordArtifact(w.context, output, schema, list.Artifacts[0], pb.Artifact_LIVE, bucket)
		if err != nil {
			return err
		}
		artifacts = append(artifacts, artifact)
	}
	made := map[string]*structpb.Value{}
	for output, definition := range component.GetOutputDefinitions().GetParameters() {
		if made[output], err = w.value(name, output, definition.GetParameterType()); err != nil {
			return err
		}
	}
	return w.mlmd.PublishExecution(w.context, stored, made, artifacts, pb.Execution_COMPLETE)
}

func (w *walker) value(component, output string, kind pipelinespec.ParameterType_ParameterTypeEnum) (*structpb.Value, error) {
	if given, ok := w.outputs[component][output]; ok {
		return structpb.NewValue(given)
	}
	switch kind {
	case pipelinespec.ParameterType_STRUCT:
		return structpb.NewValue(map[string]any{})
	case pipelinespec.ParameterType_LIST:
		return structpb.NewValue([]any{})
	case pipelinespec.ParameterType_STRING:
		return structpb.NewStringValue(output), nil
	}
	return structpb.NewNumberValue(1), nil
}

// convert reads one message as another, refusing what the other does not know.
func convert(from, to proto.Message) {
	content, err := protojson.Marshal(from)
	check(err)
	check(protojson.Unmarshal(content, to))
}
