"""Walks through every operation of the local Step Functions with boto3. Arguments: the endpoint's URL. Prints what it saw as JSON."""

import json

from local_clients import client, code_of

sfn = client("stepfunctions", read_timeout=70)

seen = {}
activity = sfn.create_activity(name="walk")["activityArn"]
seen["activity"] = sfn.describe_activity(activityArn=activity)["name"]
seen["activities"] = [a["name"] for a in sfn.list_activities()["activities"]]
definition = json.dumps(
    {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 60, "End": True}}}
)
seen["valid"] = sfn.validate_state_machine_definition(definition=definition)["result"]
seen["invalid"] = [
    d["location"] for d in sfn.validate_state_machine_definition(definition='{"StartAt":"A","States":{}}')["diagnostics"]
]
machine = sfn.create_state_machine(name="walk", definition=definition, roleArn="arn:aws:iam::000000000000:role/walk")
machine = machine["stateMachineArn"]
seen["machine"] = sfn.describe_state_machine(stateMachineArn=machine)["definition"] == definition
seen["updated"] = "updateDate" in sfn.update_state_machine(stateMachineArn=machine, definition=definition + " ")
seen["machines"] = [m["name"] for m in sfn.list_state_machines()["stateMachines"]]
sfn.tag_resource(resourceArn=machine, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
sfn.untag_resource(resourceArn=machine, tagKeys=["a"])
seen["tags"] = sfn.list_tags_for_resource(resourceArn=machine)["tags"]

execution = sfn.start_execution(stateMachineArn=machine, name="one", input='{"n":1}')["executionArn"]
seen["again"] = sfn.start_execution(stateMachineArn=machine, name="one", input='{"n":1}')["executionArn"] == execution
seen["taken"] = code_of(sfn.start_execution, stateMachineArn=machine, name="one", input='{"n":2}')
seen["of"] = sfn.describe_state_machine_for_execution(executionArn=execution)["name"]
task = sfn.get_activity_task(activityArn=activity, workerName="boto3")
seen["input"] = task["input"]
sfn.send_task_heartbeat(taskToken=task["taskToken"])
sfn.send_task_success(taskToken=task["taskToken"], output='"done"')
seen["late"] = code_of(sfn.send_task_success, taskToken=task["taskToken"], output='"again"')
seen["foreign"] = code_of(sfn.send_task_heartbeat, taskToken="foreign")
described = sfn.describe_execution(executionArn=execution)
seen["ended"] = [described["status"], described["output"], (described["stopDate"] >= described["startDate"])]
pages = sfn.get_paginator("get_execution_history").paginate(executionArn=execution, PaginationConfig={"PageSize": 3})
seen["events"] = [e["type"] for page in pages for e in page["events"]]

failing = sfn.start_execution(stateMachineArn=machine, name="two")["executionArn"]
task = sfn.get_activity_task(activityArn=activity)
sfn.send_task_failure(taskToken=task["taskToken"], error="Walked", cause="away")
described = sfn.describe_execution(executionArn=failing)
seen["failed"] = [described["status"], described["error"], described["cause"]]
stopped = sfn.start_execution(stateMachineArn=machine, name="three")["executionArn"]
sfn.stop_execution(executionArn=stopped, error="Enough")
seen["executions"] = sorted([e["name"], e["status"]] for e in sfn.list_executions(stateMachineArn=machine)["executions"])

sfn.delete_state_machine(stateMachineArn=machine)
sfn.delete_activity(activityArn=activity)
seen["gone"] = [
    code_of(sfn.describe_state_machine, stateMachineArn=machine),
    code_of(sfn.get_activity_task, activityArn=activity),
]
print(json.dumps(seen))
