// Retries says what Argo's own code makes of failed pods: their node's phase and message, and whether
// the node is tried again under a rule. README.md beside this folder names the functions of Argo's
// workflow/controller/operator.go that are built with it, as they are; here is what they need.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v4/util/logging"
	apiv1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type wfOperationCtx struct {
	wf, execWf       *wfv1.Workflow
	log              logging.Logger
	workflowDeadline *time.Time
	updated          bool
}

func (*wfOperationCtx) GetShutdownStrategy() wfv1.ShutdownStrategy { return wfv1.ShutdownStrategyNone }
func (*wfOperationCtx) requeueAfter(time.Duration)                 {}

type executeTemplateOpts struct{ executionDeadline time.Time }

// failure is a pod's status, or what Argo makes of a node by itself.
type failure struct {
	What    string           `json:"what"`
	Pod     *apiv1.PodStatus `json:"pod"`
	Phase   wfv1.NodePhase   `json:"phase"`
	Message string           `json:"message"`
	Stage   bool             `json:"stage"`
}

// question is read from standard input: failures, the installation's defaults by name, and what KFP's
// compiler gives a stage's template.
type question struct {
	Failures []failure                     `json:"failures"`
	Rules    map[string]wfv1.RetryStrategy `json:"rules"`
	Own      wfv1.RetryStrategy            `json:"own"`
}

// answer is written to standard output: how often a failure is tried again, by the rules' names.
type answer struct {
	What    string         `json:"what"`
	Phase   wfv1.NodePhase `json:"phase"`
	Message string         `json:"message"`
	Retries map[string]int `json:"retries"`
}

func main() {
	asked := question{}
	check(json.NewDecoder(os.Stdin).Decode(&asked))
	ctx := logging.WithLogger(context.Background(), logging.NewSlogLogger(logging.Error, logging.Text))
	answers := []answer{}
	for _, failure := range asked.Failures {
		template := wfv1.Template{Name: "stage", DAG: &wfv1.DAGTemplate{}}
		if failure.Stage {
			template = wfv1.Template{Name: "stage", Container: &apiv1.Container{}, RetryStrategy: &asked.Own}
		}
		if failure.Pod != nil {
			woc := &wfOperationCtx{log: logging.RequireLoggerFromContext(ctx)}
			failure.Phase, failure.Message = woc.inferFailedReason(ctx, &apiv1.Pod{Status: *failure.Pod}, &template)
		}
		retries := map[string]int{}
		for name, rule := range asked.Rules {
			retries[name] = count(ctx, template, rule, failure)
		}
		answers = append(answers, answer{failure.What, failure.Phase, failure.Message, retries})
	}
	check(json.NewEncoder(os.Stdout).Encode(answers))
}

// count is how often in a row a node that always fails alike is tried again.
func count(ctx context.Context, template wfv1.Template, rule wfv1.RetryStrategy, failure failure) int {
	woc := &wfOperationCtx{execWf: &wfv1.Workflow{}, log: logging.RequireLoggerFromContext(ctx)}
	woc.execWf.Spec.TemplateDefaults = &wfv1.Template{RetryStrategy: &rule}
	merged := template.DeepCopy()
	check(woc.mergedTemplateDefaultsInto(merged))
	// Long enough ago that no wait is left.
	ended := metav1.Time{Time: time.Now().Add(-24 * time.Hour)}
	for attempts := 1; ; attempts++ {
		woc.wf = &wfv1.Workflow{Status: wfv1.WorkflowStatus{Nodes: wfv1.Nodes{}}}
		parent := wfv1.NodeStatus{
			ID: woc.wf.NodeID("parent"), Name: "parent", Type: wfv1.NodeTypeRetry, Phase: wfv1.NodeRunning,
		}
		for number := range attempts {
			id := strconv.Itoa(number)
			parent.Children = append(parent.Children, id)
			woc.wf.Status.Nodes[id] = wfv1.NodeStatus{
				ID: id, Name: id, Phase: failure.Phase, Message: failure.Message, StartedAt: ended, FinishedAt: ended,
				NodeFlag: &wfv1.NodeFlag{Retried: true},
			}
		}
		woc.wf.Status.Nodes[parent.ID] = parent
		node, _, err := woc.processNodeRetries(ctx, &parent, *merged.RetryStrategy, &executeTemplateOpts{})
		check(err)
		if node.FailedOrError() {
			return attempts - 1
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
