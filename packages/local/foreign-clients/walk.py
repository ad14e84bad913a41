"""Walks through the local AWS with boto3. Arguments: the endpoint's URL. Prints one JSON object of what it saw."""

import io
import json
import time

from local_clients import client, code_of

seen = {}

s3 = client("s3")
s3.create_bucket(Bucket="walk", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
s3.put_object(Bucket="walk", Key="a b/ü", Body=b"text", Metadata={"who": "walk"})
s3.upload_fileobj(io.BytesIO(b"x" * 9_000_000), "walk", "large")
seen["s3"] = {
    "text": s3.get_object(Bucket="walk", Key="a b/ü")["Body"].read().decode(),
    "metadata": s3.head_object(Bucket="walk", Key="a b/ü")["Metadata"],
    "large": len(s3.get_object(Bucket="walk", Key="large")["Body"].read()),
    "keys": [o["Key"] for o in s3.list_objects_v2(Bucket="walk")["Contents"]],
    "second writer": code_of(s3.put_object, Bucket="walk", Key="large", Body=b"", IfNoneMatch="*"),
    "missing": code_of(s3.get_object, Bucket="walk", Key="none"),
    "deleted": len(s3.delete_objects(Bucket="walk", Delete={"Objects": [{"Key": "large"}, {"Key": "a b/ü"}]})["Deleted"]),
}

ec2 = client("ec2")
template = ec2.create_launch_template(LaunchTemplateName="walk", LaunchTemplateData={"ImageId": "ami-12345678"})
fleet = ec2.create_fleet(
    Type="instant",
    LaunchTemplateConfigs=[
        {
            "LaunchTemplateSpecification": {"LaunchTemplateName": "walk", "Version": "$Latest"},
            "Overrides": [{"InstanceType": "t3.micro", "AvailabilityZone": "us-west-2b"}],
        }
    ],
    TargetCapacitySpecification={"TotalTargetCapacity": 2, "DefaultTargetCapacityType": "spot"},
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "ww-0-Walk"}]}],
)
ids = fleet["Instances"][0]["InstanceIds"]
ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig={"Delay": 1})
found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["ww-0-*"]}])
ec2.terminate_instances(InstanceIds=ids)
ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig={"Delay": 1})
seen["ec2"] = {
    "launched": len(ids),
    "found": sum(len(r["Instances"]) for r in found["Reservations"]),
    "zone": found["Reservations"][0]["Instances"][0]["Placement"]["AvailabilityZone"],
    "missing": code_of(ec2.describe_instances, InstanceIds=["i-00000000000000000"]),
}

logs = client("logs")
logs.create_log_group(logGroupName="/walk")
logs.create_log_stream(logGroupName="/walk", logStreamName="w_1")
now = int(time.time() * 1000)
logs.put_log_events(logGroupName="/walk", logStreamName="w_1", logEvents=[{"timestamp": now, "message": "hello"}])
seen["logs"] = [e["message"] for e in logs.filter_log_events(logGroupName="/walk")["events"]]

functions = client("lambda")
answer = functions.invoke(FunctionName="double", Payload=json.dumps({"n": 21}))
seen["lambda"] = json.loads(answer["Payload"].read())

events = client("events")
events.put_rule(Name="walk", ScheduleExpression="rate(1 day)")
seen["events"] = [r["Name"] for r in events.list_rules()["Rules"]]

cloudfront = client("cloudfront")
batch = {"Paths": {"Quantity": 1, "Items": ["/debian/dists/*"]}, "CallerReference": "walk"}
seen["cloudfront"] = cloudfront.create_invalidation(DistributionId="EWALK", InvalidationBatch=batch)["Invalidation"]["Status"]

ssm = client("ssm")
ssm.put_parameter(Name="/walk", Value="1", Type="String")
seen["ssm"] = ssm.get_parameter(Name="/walk")["Parameter"]["Value"]
seen["quota"] = client("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")["Quota"]["Value"] > 0
seen["sts"] = client("sts").get_caller_identity()["Arn"]

cloudwatch = client("cloudwatch")
cloudwatch.put_metric_data(Namespace="Walk", MetricData=[{"MetricName": "steps", "Value": 3.5}])
seen["cloudwatch"] = [m["MetricName"] for m in cloudwatch.list_metrics(Namespace="Walk")["Metrics"]]

states = client("stepfunctions")
activity = states.create_activity(name="walk")["activityArn"]
definition = {"StartAt": "W", "States": {"W": {"Type": "Task", "Resource": activity, "End": True}}}
machine = states.create_state_machine(name="walk", definition=json.dumps(definition), roleArn="arn:aws:iam::000000000000:role/r")
execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"a":1}')
task = states.get_activity_task(activityArn=activity, workerName="walker")
states.send_task_success(taskToken=task["taskToken"], output='{"done":true}')
seen["states"] = states.describe_execution(executionArn=execution["executionArn"])["output"]

print(json.dumps(seen))
