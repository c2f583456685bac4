#!/bin/sh
# Buckets, rules and users; every line can be run again.
set -eu
until mc alias set store "$S3_ENDPOINT" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >/dev/null 2>&1; do
    echo "waiting for $S3_ENDPOINT"
    sleep 3
done
mc mb --ignore-existing store/pass-data store/pass-artifacts store/mlflow
mc ilm import store/pass-artifacts </etc/pass-ops/lifecycle-artifacts.json
for name in runs mlflow; do
    mc admin policy create store "$name" "/etc/pass-ops/policy-$name.json"
done
mc admin user add store "$RUNS_ACCESS_KEY" "$RUNS_SECRET_KEY"
mc admin user add store "$MLFLOW_ACCESS_KEY" "$MLFLOW_SECRET_KEY"
# Attaching what is attached is an error, so the outcome is what counts.
mc admin policy attach store runs --user "$RUNS_ACCESS_KEY" || mc admin user info store "$RUNS_ACCESS_KEY" | grep -qw runs
mc admin policy attach store mlflow --user "$MLFLOW_ACCESS_KEY" || mc admin user info store "$MLFLOW_ACCESS_KEY" | grep -qw mlflow
echo "buckets, rules and users are as they should be"
