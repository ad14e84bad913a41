"""Launches instances of the local EC2 with boto3, by the rules that AWS documents. Arguments: the endpoint's URL. Prints one JSON object."""

import json
import time

from local_clients import client, code_of

ec2 = client("ec2")
SOON = {"Delay": 1, "MaxAttempts": 60}


def launch(**arguments):
    arguments = {"ImageId": image, "MinCount": 1, "MaxCount": 1, **arguments}
    return ec2.run_instances(**arguments)["Instances"][0]["InstanceId"]


def wait(waiter, *ids):
    ec2.get_waiter(waiter).wait(InstanceIds=list(ids), WaiterConfig=SOON)


def instance(id):
    return ec2.describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"][0]


def console_has(id, text):
    """The scripts of a machine end when they like; its console tells."""
    for _ in range(600):
        if text in ec2.get_console_output(InstanceId=id).get("Output", ""):
            return True
        time.sleep(0.1)
    return False


seen = {}
image = ec2.describe_images()["Images"][0]["ImageId"]

ended = {
    "nothing": (None, ""),
    "bash": ("#!/bin/bash\necho from bash\n", "from bash"),
    "failing": ("#!/bin/bash\nexit 7\n", "exit code 7"),
    "python": ("#!/usr/bin/env python3\nprint('from', 'python')\n", "from python"),
    "no script": ("echo never", "no script"),
}
machines = {kind: launch(**({"UserData": data} if data else {})) for kind, (data, _) in ended.items()}
wait("instance_exists", *machines.values())
wait("instance_running", *machines.values())
wait("instance_status_ok", *machines.values())
wait("system_status_ok", *machines.values())
seen["consoles"] = {kind: console_has(machines[kind], text) for kind, (_, text) in ended.items()}
seen["states"] = {kind: instance(id)["State"]["Name"] for kind, id in machines.items()}

off = "#!/bin/bash\nshutdown -h now\n"
stops, ends = launch(UserData=off), launch(UserData=off, InstanceInitiatedShutdownBehavior="terminate")
wait("instance_stopped", stops)
wait("instance_terminated", ends)
seen["shut down"] = [instance(id)["StateReason"]["Code"] for id in (stops, ends)]

ec2.terminate_instances(InstanceIds=list(machines.values()))
wait("instance_terminated", *machines.values())

seen["refused"] = [
    code_of(launch, **wrong)
    for wrong in (
        {"ImageId": "ami-0123456789abcdef0"},
        {"KeyName": "none"},
        {"SecurityGroupIds": ["sg-0123456789abcdef0"]},
        {"SecurityGroups": ["none"]},
        {"SubnetId": "subnet-0123456789abcdef0"},
        {"IamInstanceProfile": {"Name": "none"}},
        {"InstanceType": "t3.gigantic"},
        {"LaunchTemplate": {"LaunchTemplateName": "none"}},
        {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "aws:x", "Value": "y"}]}]},
    )
]

ec2.create_key_pair(KeyName="walk", KeyType="ed25519")
group = ec2.create_security_group(GroupName="walk", Description="of the walk")["GroupId"]
ec2.get_waiter("key_pair_exists").wait(KeyNames=["walk"])
ec2.get_waiter("security_group_exists").wait(GroupIds=[group])
made = instance(launch(KeyName="walk", SecurityGroupIds=[group], IamInstanceProfile={"Name": "worker"}))
seen["made"] = [made["KeyName"], made["SecurityGroups"][0]["GroupName"], made["IamInstanceProfile"]["Arn"]]

template = ec2.create_launch_template(LaunchTemplateName="walk", LaunchTemplateData={"ImageId": image})["LaunchTemplate"]
fleet = ec2.create_fleet(
    Type="instant",
    LaunchTemplateConfigs=[{"LaunchTemplateSpecification": {"LaunchTemplateName": "walk", "Version": "$Latest"}}],
    TargetCapacitySpecification={"TotalTargetCapacity": 1, "DefaultTargetCapacityType": "on-demand"},
)
of_fleet = [{"Name": "tag:aws:ec2:fleet-id", "Values": [fleet["FleetId"]]}]
launched = ec2.describe_instances(Filters=of_fleet)["Reservations"][0]["Instances"][0]
tags = {tag["Key"]: tag["Value"] for tag in launched["Tags"]}
answered = fleet["Instances"][0]["LaunchTemplateAndOverrides"]["LaunchTemplateSpecification"]
seen["fleet"] = {
    "template": tags["aws:ec2launchtemplate:id"] == template["LaunchTemplateId"] == answered["LaunchTemplateId"],
    "version": [tags["aws:ec2launchtemplate:version"], answered["Version"]],
}

name_of = lambda name: [{"Name": name, "Values": ["*"]}]
seen["filters"] = [
    code_of(ec2.describe_instances, Filters=name_of("network-interface.association.public-ip")),
    code_of(ec2.describe_instances, Filters=name_of("no-such-filter")),
]
print(json.dumps(seen))
