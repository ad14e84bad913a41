"""Clients of boto3 for the endpoint that a walk's first argument names."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def client(name, **config):
    return boto3.client(
        name,
        endpoint_url=sys.argv[1],
        region_name="us-west-2",
        aws_access_key_id="AKIAWALKWALKWALKWALK",
        aws_secret_access_key="walk",
        config=Config(retries={"max_attempts": 1}, **config),
    )


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "no failure"
