import { SYSTEM_PATH } from "../system-path.ts";
import { quoteForShell } from "./quote-for-shell.ts";
import { NODE_FLAGS } from "./user-data.ts";

/**
 * Turns a fresh machine into a worker: fetches one archive of Node and agent with the machine's own role, checks it, and hands over to a systemd unit that
 * restarts a crashed agent and turns the machine off when the agent is done, or has crashed too often. Needs bash, tar, systemd, and the python3 that
 * cloud-init runs on; no package manager runs. A machine that is not a worker after ten minutes turns itself off. One that is rebooted before it is a worker
 * begins anew.
 * @param archive `s3://bucket/key`, with `?versionId=…` where that matters and `#sha256=…`, which is checked
 */
export function ec2Bootstrap({ archive }: { archive: string }): string {
  return `set -euo pipefail
trap 'echo "muster: this machine did not become a worker (line $LINENO)"; shutdown -h now' ERR
shutdown -h +10 'muster: not a worker after ten minutes'
mkdir -p ${FOLDER}
if [ -d /run/systemd/system ] && [ -f "$0" ] && ! [ "$0" -ef ${FOLDER}/bootstrap ]; then
  install -m 700 "$0" ${FOLDER}/bootstrap
  cat > /etc/systemd/system/muster-bootstrap.service <<'UNIT'
${BOOTSTRAP_UNIT}UNIT
  sync
  systemctl --quiet enable muster-bootstrap.service
fi
umask 077
compgen -e | grep -E '^(${VARIABLES.join("|")})$' | while read -r name; do printf 'export %s=%q\\n' "$name" "\${!name}"; done > ${FOLDER}/environment
umask 022
python3 - ${quoteForShell(archive)} ${FOLDER}/archive.tar.gz <<'FETCH'
${FETCH}FETCH
tar -xzf ${FOLDER}/archive.tar.gz -C ${FOLDER} --no-same-owner
rm ${FOLDER}/archive.tar.gz
cat > ${FOLDER}/start <<'START'
${START}START
chmod 755 ${FOLDER}/start
cat > /etc/systemd/system/muster-worker.service <<'UNIT'
${WORKER_UNIT}UNIT
mkdir -p /etc/needrestart/conf.d
echo '${NO_RESTART}' > /etc/needrestart/conf.d/muster.conf
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl enable muster-worker.service
  systemctl start --no-block muster-worker.service
  shutdown -c
else
  ${FOLDER}/start
fi
`;
}

const FOLDER = "/opt/muster";

/** What the agent is told; the rest of cloud-init's environment is not its affair. */
const VARIABLES = [
  "ACTIVITY_(ARN|NAME)",
  "(SCRIPT|INIT|AFTER_TASK|DUMMY_SCRIPT)_URL",
  "AWS_(REGION|ENDPOINT_URL|EC2_METADATA_SERVICE_ENDPOINT)",
  "LOG_GROUP",
  "(STATE|SCRATCH)_BUCKET",
  "(SECRET|IMAGE)_PREFIX",
  "(IDLE|MAX_LIFETIME)_SECONDS",
];

/**
 * cloud-init marks user data as run before it runs, and an armed shutdown does not outlive a reboot: a machine that was rebooted in between would stay for
 * nothing. What is enabled once it is a worker is the mark that it became one.
 * @see https://cloudinit.readthedocs.io/en/latest/reference/modules.html#scripts-user
 */
const BOOTSTRAP_UNIT = `[Unit]
Description=Muster worker, after a reboot on the way
ConditionPathExists=!/etc/systemd/system/multi-user.target.wants/muster-worker.service
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
ExecStart=${FOLDER}/bootstrap
StandardOutput=journal+console
StandardError=journal+console
[Install]
WantedBy=multi-user.target
`;

/**
 * For Ubuntu, where needrestart restarts the services that a script's apt-get affects: it takes all that runs in a unit for the unit, and would end the
 * script with the agent.
 */
const NO_RESTART = "$nrconf{override_rc}{qr(^muster-worker)} = 0;";

const START = `#!/bin/bash
. ${FOLDER}/environment
export HOME=/root PATH=${SYSTEM_PATH} LANG=C.UTF-8
exec ${FOLDER}/node ${NODE_FLAGS.join(" ")} ${FOLDER}/agent/agent.mjs --dir /var/lib/muster
`;

/**
 * Off when it is done and off when it gives up: a machine without an agent costs money for nothing. FailureAction= would turn it off at the first
 * crash, before any restart, and so would SuccessAction=: in systemd 252, a unit passes through the state of one that has succeeded on its way to each
 * restart. StartLimitAction= acts when the restarts are used up. A script that runs out of memory dies
 * alone, and may start as many processes as the machine can hold. When the agent dies, its scripts do by themselves, and init's cleanup() must be let
 * run: systemd ends no process but the agent. It is enabled because user data runs once: a machine that was rebooted, by a script or by AWS, starts the
 * agent again, which ends as it does after a crash.
 * @see systemd.unit(5), systemd.exec(5) for SERVICE_RESULT
 */
export const WORKER_UNIT = `[Unit]
Description=Muster worker
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=600
StartLimitBurst=5
StartLimitAction=poweroff
[Service]
ExecStart=${FOLDER}/start
Restart=on-failure
RestartSec=1
ExecStopPost=/bin/sh -c '[ "$SERVICE_RESULT" != success ] || systemctl start --no-block --job-mode=replace-irreversibly poweroff.target'
KillMode=process
TimeoutStopSec=110
OOMPolicy=continue
TasksMax=infinity
StandardOutput=journal+console
StandardError=journal+console
[Install]
WantedBy=multi-user.target
`;

/**
 * A signed GET, by the standard library alone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
const FETCH = `import datetime, hashlib, hmac, json, os, sys, time
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from urllib.request import Request, urlopen
url, target = urlsplit(sys.argv[1]), sys.argv[2]
region = os.environ['AWS_REGION']
imds = os.environ.get('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://169.254.169.254').rstrip('/') + '/latest/'
def get(path, token):
    return urlopen(Request(imds + path, headers={'X-aws-ec2-metadata-token': token}), timeout=5).read().decode()
def fetch():
    token = urlopen(Request(imds + 'api/token', method='PUT', headers={'X-aws-ec2-metadata-token-ttl-seconds': '300'}), timeout=5).read().decode()
    roles = 'meta-data/iam/security-credentials/'
    key = json.loads(get(roles + get(roles, token).split()[0], token))
    endpoint = os.environ.get('AWS_ENDPOINT_URL')
    base = endpoint.rstrip('/') + '/' + url.netloc if endpoint else 'https://%s.s3.%s.amazonaws.com' % (url.netloc, region)
    address = urlsplit(base + quote(url.path))
    query = urlencode(sorted(parse_qsl(url.query)), quote_via=quote)
    now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ')
    headers = {'host': address.netloc, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': now, 'x-amz-security-token': key['Token']}
    names = ';'.join(sorted(headers))
    lines = ''.join('%s:%s\\n' % (name, headers[name]) for name in sorted(headers))
    request = '\\n'.join(['GET', address.path, query, lines, names, 'UNSIGNED-PAYLOAD'])
    scope = '/'.join([now[:8], region, 's3', 'aws4_request'])
    text = '\\n'.join(['AWS4-HMAC-SHA256', now, scope, hashlib.sha256(request.encode()).hexdigest()])
    secret = ('AWS4' + key['SecretAccessKey']).encode()
    for part in scope.split('/') + [text]:
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    headers['authorization'] = 'AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s' % (key['AccessKeyId'], scope, names, secret.hex())
    digest = hashlib.sha256()
    with urlopen(Request(address.geturl() + ('?' + query if query else ''), headers=headers), timeout=60) as answer, open(target, 'wb') as file:
        for block in iter(lambda: answer.read(1 << 20), b''):
            digest.update(block)
            file.write(block)
    if url.fragment and 'sha256=' + digest.hexdigest() != url.fragment:
        raise OSError('%s has the SHA-256 %s' % (sys.argv[1], digest.hexdigest()))
for wait in (1, 2, 4, 8, 16, None):
    try:
        fetch()
        break
    except Exception as error:
        print('muster: the agent could not be fetched:', error, flush=True)
        if wait is None:
            raise SystemExit(1)
        time.sleep(wait)
`;
