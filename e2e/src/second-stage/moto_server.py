"""moto's server, with what its Step Functions lacks to be used by workers:

- its interpreter finds the activities that were created, and GetActivityTask hands their tasks out;
- the cause of a failure reaches the execution;
- histories are read in pages and backwards;
- a state machine has more than one execution.

Everything else is moto's own. Prints the address, and ends with its standard input.

usage: moto_server.py FUNCTIONS_PORT, the port on this machine that answers Lambda's Invoke
"""

import copy
import os
import sys
import threading

# Where the interpreter calls functions. Read when moto is imported.
os.environ["MOTO_PORT"] = sys.argv[1]

import time

from moto.core.config import default_user_config
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.backend.activity import Activity
from moto.stepfunctions.responses import StepFunctionResponse

default_user_config["stepfunctions"] = {"execute_state_machine": True}

LONG_POLL_SECONDS = 60
queues: dict[str, Activity] = {}
queued = threading.Condition()


class ActivityQueue(Activity):
    def add_task(self, task):
        with queued:
            super().add_task(task)
            queued.notify_all()


class Queues(dict):
    """The activities that the interpreter asks for by ARN."""

    def get(self, arn, default=None):
        return queues.get(arn, default)


# Executions are made with an empty store of activities.
make_execution = models.Execution
models.Execution = lambda **options: make_execution(**{**options, "activity_store": Queues()})



def copy_without_executions(machine, memo):
    """An execution copies its machine. What earlier ones hold, their threads' locks above all, cannot be copied."""
    copied = copy.copy(machine)
    copied.executions = []
    return copied


models.StateMachine.__deepcopy__ = copy_without_executions

create_activity = StepFunctionResponse.create_activity


def create_activity_with_queue(self) -> ActionResult:
    answer = create_activity(self)
    arn = answer.result["activityArn"]
    queues[arn] = ActivityQueue(arn=arn, name=self._get_param("name"))
    return answer


def take(arn: str):
    with queued:
        deadline = time.monotonic() + LONG_POLL_SECONDS
        while not queues[arn]._tasks:
            left = deadline - time.monotonic()
            if left <= 0 or not queued.wait(left):
                return None
        return queues[arn].get_task()


def get_activity_task(self) -> ActionResult:
    task = take(self._get_param("activityArn"))
    if task is None:
        return EmptyResult()
    for execution in self.stepfunction_backend._get_executions():
        endpoint = execution.exec_worker.env.callback_pool_manager.get(task.task_token)
        if endpoint is not None:
            endpoint.notify_activity_task_start(worker_name=self._get_param("workerName"))
    return ActionResult({"taskToken": task.task_token, "input": task.task_input})


def send_task_failure(self) -> ActionResult:
    token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
    self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
    return EmptyResult()


def get_execution_history(self) -> ActionResult:
    history = self.stepfunction_backend.get_execution_history(self._get_param("executionArn"))
    events = list(history["events"])
    if self._get_param("reverseOrder"):
        events.reverse()
    begin = int(self._get_param("nextToken") or 0)
    end = begin + (self._get_param("maxResults") or 1000)
    more = {"nextToken": str(end)} if end < len(events) else {}
    return ActionResult({"events": events[begin:end], **more})


StepFunctionResponse.create_activity = create_activity_with_queue
StepFunctionResponse.get_activity_task = get_activity_task
StepFunctionResponse.send_task_failure = send_task_failure
StepFunctionResponse.get_execution_history = get_execution_history

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
