// Walk takes a pipeline's package through KFP's own code as far as that goes without a cluster: the
// API server compiles it to Argo's workflow, Argo checks that, and the driver runs for every task, in
// their order. README.md beside this folder says how it is built, and what stands in for the rest.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"os"

	"github.com/kubeflow/pipelines/backend/src/apiserver/config/proxy"
	"github.com/kubeflow/pipelines/backend/src/apiserver/template"
	_ "github.com/kubeflow/pipelines/backend/src/v2/common/plugins/all"
	"google.golang.org/protobuf/types/known/structpb"
)

const runID = "7d9f0c5e-0000-4000-8000-000000000017"

var (
	packagePath = flag.String("package", "", "a compiled pipeline")
	parameters  = flag.String("parameters", "{}", "inputs of the run, as JSON")
	outputs     = flag.String("outputs", "{}", "output parameters, as JSON by component and name; others are made up")
	objects     = flag.String("objects", "", "file with ConfigMaps and Secrets of that namespace, a JSON array")
	plugin      = flag.String("plugin", "", "file with settings of the MLflow plugin, whose server is there; none without")
	namespace   = flag.String("namespace", "kubeflow", "where pods of runs start")
	several     = flag.Bool("several-users", false, "whether KFP is for several users")
	workflowOut = flag.String("workflow", "", "file to write Argo's workflow to")
	tasksOut    = flag.String("tasks", "", "file to write the tasks to, each with its podSpecPatch")
)

func main() {
	flag.Parse()
	proxy.InitializeConfigWithEmptyForTests()
	content := read(*packagePath)
	parsed, err := template.New(content, template.TemplateOptions{})
	check(err)
	spec := parsed.(*template.V2Spec)
	serveObjects()
	walk := &walker{spec: spec, context: context.Background(), mlmd: newClient(), workflow: makeWorkflow(spec)}
	check(json.Unmarshal([]byte(*outputs), &walk.outputs))
	check(walk.root(values(*parameters)))
	write(*tasksOut, walk.tasks)
	log.Printf("%d tasks, %d sub-pipelines", len(walk.tasks), walk.dags)
}

func values(text string) map[string]*structpb.Value {
	parsed := &structpb.Struct{}
	check(parsed.UnmarshalJSON([]byte(text)))
	return parsed.Fields
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	check(err)
	return content
}

func write(path string, value any) {
	content, err := json.MarshalIndent(value, "", "  ")
	check(err)
	check(os.WriteFile(path, content, 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
