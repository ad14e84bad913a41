"""Reads a log stream with boto3, page by page. Arguments: the endpoint's URL, log group, log stream. Prints its messages, each on one line."""

import sys

import boto3

endpoint, group, stream = sys.argv[1:]
logs = boto3.client(
    "logs",
    endpoint_url=endpoint,
    region_name="us-west-2",
    aws_access_key_id="AKIAREADREADREADREAD",
    aws_secret_access_key="read",
)
place = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
page = logs.get_log_events(**place)
while True:
    for event in page["events"]:
        sys.stdout.buffer.write(event["message"].encode() + b"\n")
    following = logs.get_log_events(**place, nextToken=page["nextForwardToken"])
    if following["nextForwardToken"] == page["nextForwardToken"]:
        break
    page = following
