package main

import (
	"context"
	"fmt"

	pb "github.com/kubeflow/pipelines/third_party/ml-metadata/go/ml_metadata"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// store is ML Metadata in memory, as far as KFP's driver and launcher ask it. A call that is not
// written here ends the program.
type store struct {
	pb.MetadataStoreServiceClient
	types      map[string]int64
	contexts   []*pb.Context
	parents    map[int64]int64
	executions []*pb.Execution
	members    map[int64][]int64 // executions of a context
	artifacts  []*pb.Artifact
	events     []*pb.Event
}

func newStore() *store {
	return &store{types: map[string]int64{}, parents: map[int64]int64{}, members: map[int64][]int64{}}
}

type option = grpc.CallOption

func (s *store) typeOf(name string) *int64 {
	if s.types[name] == 0 {
		s.types[name] = int64(len(s.types) + 1)
	}
	id := s.types[name]
	return &id
}

// nameOf is the type's name, which the server adds to what it stores.
func (s *store) nameOf(id int64) *string {
	for name, other := range s.types {
		if other == id {
			return &name
		}
	}
	return nil
}

func (s *store) GetContextType(_ context.Context, r *pb.GetContextTypeRequest, _ ...option) (*pb.GetContextTypeResponse, error) {
	if s.types[r.GetTypeName()] == 0 {
		return nil, status.Error(codes.NotFound, r.GetTypeName())
	}
	return &pb.GetContextTypeResponse{ContextType: &pb.ContextType{Id: s.typeOf(r.GetTypeName())}}, nil
}

func (s *store) PutContextType(_ context.Context, r *pb.PutContextTypeRequest, _ ...option) (*pb.PutContextTypeResponse, error) {
	return &pb.PutContextTypeResponse{TypeId: s.typeOf(r.GetContextType().GetName())}, nil
}

func (s *store) PutExecutionType(_ context.Context, r *pb.PutExecutionTypeRequest, _ ...option) (*pb.PutExecutionTypeResponse, error) {
	return &pb.PutExecutionTypeResponse{TypeId: s.typeOf(r.GetExecutionType().GetName())}, nil
}

func (s *store) PutArtifactType(_ context.Context, r *pb.PutArtifactTypeRequest, _ ...option) (*pb.PutArtifactTypeResponse, error) {
	return &pb.PutArtifactTypeResponse{TypeId: s.typeOf(r.GetArtifactType().GetName())}, nil
}

func (s *store) GetContextByTypeAndName(_ context.Context, r *pb.GetContextByTypeAndNameRequest, _ ...option) (*pb.GetContextByTypeAndNameResponse, error) {
	for _, one := range s.contexts {
		if one.GetName() == r.GetContextName() && one.GetTypeId() == s.types[r.GetTypeName()] {
			return &pb.GetContextByTypeAndNameResponse{Context: one}, nil
		}
	}
	return &pb.GetContextByTypeAndNameResponse{}, nil
}

func (s *store) PutContexts(_ context.Context, r *pb.PutContextsRequest, _ ...option) (*pb.PutContextsResponse, error) {
	for _, one := range r.Contexts {
		id := int64(len(s.contexts) + 1)
		one.Id = &id
		s.contexts = append(s.contexts, one)
	}
	return &pb.PutContextsResponse{}, nil
}

func (s *store) GetParentContextsByContext(_ context.Context, r *pb.GetParentContextsByContextRequest, _ ...option) (*pb.GetParentContextsByContextResponse, error) {
	if parent := s.parents[r.GetContextId()]; parent != 0 {
		return &pb.GetParentContextsByContextResponse{Contexts: s.contexts[parent-1 : parent]}, nil
	}
	return &pb.GetParentContextsByContextResponse{}, nil
}

func (s *store) PutParentContexts(_ context.Context, r *pb.PutParentContextsRequest, _ ...option) (*pb.PutParentContextsResponse, error) {
	for _, one := range r.ParentContexts {
		s.parents[one.GetChildId()] = one.GetParentId()
	}
	return &pb.PutParentContextsResponse{}, nil
}

func (s *store) PutExecution(_ context.Context, r *pb.PutExecutionRequest, _ ...option) (*pb.PutExecutionResponse, error) {
	one := r.Execution
	if one.Id == nil {
		id := int64(len(s.executions) + 1)
		one.Id, one.Type = &id, s.nameOf(one.GetTypeId())
		s.executions = append(s.executions, one)
		for _, context := range r.Contexts {
			s.members[context.GetId()] = append(s.members[context.GetId()], id)
		}
	}
	for _, pair := range r.ArtifactEventPairs {
		event := pair.Event
		event.ExecutionId = one.Id
		s.events = append(s.events, event)
	}
	return &pb.PutExecutionResponse{ExecutionId: one.Id}, nil
}

func (s *store) GetExecutionsByID(_ context.Context, r *pb.GetExecutionsByIDRequest, _ ...option) (*pb.GetExecutionsByIDResponse, error) {
	answer := &pb.GetExecutionsByIDResponse{}
	for _, id := range r.ExecutionIds {
		answer.Executions = append(answer.Executions, s.executions[id-1])
	}
	return answer, nil
}

func (s *store) GetExecutionsByContext(_ context.Context, r *pb.GetExecutionsByContextRequest, _ ...option) (*pb.GetExecutionsByContextResponse, error) {
	var parent int64
	query := r.GetOptions().GetFilterQuery()
	if _, err := fmt.Sscanf(query, "custom_properties.parent_dag_id.int_value = %d", &parent); err != nil && query != "" {
		return nil, err
	}
	answer := &pb.GetExecutionsByContextResponse{}
	for _, id := range s.members[r.GetContextId()] {
		one := s.executions[id-1]
		if query == "" || one.CustomProperties["parent_dag_id"].GetIntValue() == parent {
			answer.Executions = append(answer.Executions, one)
		}
	}
	return answer, nil
}

func (s *store) GetContextsByExecution(_ context.Context, r *pb.GetContextsByExecutionRequest, _ ...option) (*pb.GetContextsByExecutionResponse, error) {
	answer := &pb.GetContextsByExecutionResponse{}
	for _, one := range s.contexts {
		for _, id := range s.members[one.GetId()] {
			if id == r.GetExecutionId() {
				answer.Contexts = append(answer.Contexts, one)
			}
		}
	}
	return answer, nil
}

func (s *store) PutArtifacts(_ context.Context, r *pb.PutArtifactsRequest, _ ...option) (*pb.PutArtifactsResponse, error) {
	answer := &pb.PutArtifactsResponse{}
	for _, one := range r.Artifacts {
		id := int64(len(s.artifacts) + 1)
		one.Id, one.Type = &id, s.nameOf(one.GetTypeId())
		s.artifacts = append(s.artifacts, one)
		answer.ArtifactIds = append(answer.ArtifactIds, id)
	}
	return answer, nil
}

func (s *store) GetArtifactsByID(_ context.Context, r *pb.GetArtifactsByIDRequest, _ ...option) (*pb.GetArtifactsByIDResponse, error) {
	answer := &pb.GetArtifactsByIDResponse{}
	for _, id := range r.ArtifactIds {
		answer.Artifacts = append(answer.Artifacts, s.artifacts[id-1])
	}
	return answer, nil
}

func (s *store) GetEventsByExecutionIDs(_ context.Context, r *pb.GetEventsByExecutionIDsRequest, _ ...option) (*pb.GetEventsByExecutionIDsResponse, error) {
	answer := &pb.GetEventsByExecutionIDsResponse{}
	for _, event := range s.events {
		for _, id := range r.ExecutionIds {
			if event.GetExecutionId() == id {
				answer.Events = append(answer.Events, event)
			}
		}
	}
	return answer, nil
}

func (s *store) GetEventsByArtifactIDs(_ context.Context, r *pb.GetEventsByArtifactIDsRequest, _ ...option) (*pb.GetEventsByArtifactIDsResponse, error) {
	answer := &pb.GetEventsByArtifactIDsResponse{}
	for _, event := range s.events {
		for _, id := range r.ArtifactIds {
			if event.GetArtifactId() == id {
				answer.Events = append(answer.Events, event)
			}
		}
	}
	return answer, nil
}
