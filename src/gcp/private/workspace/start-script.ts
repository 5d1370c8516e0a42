import { isFilesVariable } from '../../../core/private/integrations/plan';
import { literal } from '../../../terraform/text';

/** What a notebook fetches beside its variables. */
export interface StartOptions {
  /** Audience of the tracker's ID token. @default - no tracker */
  readonly tokenAudience?: string;
  /** Host of the mirror of PyPI. @default - none */
  readonly packageHost?: string;
  /** Versions of secrets, by variable. @default - none */
  readonly secrets?: { readonly [variable: string]: string };
}

/**
 * What every start of a notebook runs as root, after Workbench's own scripts: variables for terminals and for kernels
 * of Python. With a tracker, both also fetch an ID token for it from the metadata server: a terminal when it opens, a
 * kernel before a cell once the last is half an hour old.
 *
 * IPython runs the files of /etc/ipython/startup in every kernel of every user.
 *
 * @see https://ipython.readthedocs.io/en/stable/interactive/tutorial.html#startup-files
 */
export function startScript(
  environment: { readonly [name: string]: string },
  { tokenAudience, packageHost, secrets = {} }: StartOptions = {},
): string {
  const hasSecrets = Object.keys(secrets).length > 0;
  const exports = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replace(/'/g, "'\\''")}'`,
  );
  const variables = Object.entries(environment).map(
    ([name, value]) => `os.environ[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return literal(
    [
      '#!/bin/bash',
      'set -e',
      ...(packageHost === undefined ? [] : loginLines(packageHost)),
      ...(hasSecrets ? readerLines() : []),
      ...Object.entries(environment).flatMap(([name, folder]) => (isFilesVariable(name) ? fileLines(folder) : [])),
      "cat > /etc/profile.d/mlops.sh <<'MLOPS_END'",
      ...exports,
      ...(tokenAudience === undefined
        ? []
        : [
          `export MLFLOW_TRACKING_TOKEN="$(curl -sf -m 5 -G -H 'Metadata-Flavor: Google' --data-urlencode 'audience=${tokenAudience}' ${IDENTITY} || true)"`,
        ]),
      ...(packageHost === undefined ? [] : [`export NETRC="$HOME/${NETRC}"`, PIP_LOGIN]),
      ...Object.entries(secrets).map(
        ([name, reference]) =>
          `if secret="$(${SECRET_READER} ${reference})"; then export ${name}="$secret"; else echo '${unread(name, reference)}' >&2; fi; unset secret`,
      ),
      'MLOPS_END',
      'mkdir -p /etc/ipython/startup',
      "cat > /etc/ipython/startup/50-mlops.py <<'MLOPS_END'",
      'import os',
      ...variables,
      ...(tokenAudience === undefined ? [] : tokenLines(tokenAudience)),
      ...(packageHost === undefined ? [] : kernelLoginLines()),
      ...(hasSecrets ? kernelSecretLines(secrets) : []),
      'MLOPS_END',
      'chmod 644 /etc/profile.d/mlops.sh /etc/ipython/startup/50-mlops.py',
      '',
    ].join('\n'),
  );
}

/**
 * A command that prints the version of a secret, with the notebook's identity. No file has the value: each terminal and
 * each kernel reads it when it starts.
 *
 * @see https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 */
function readerLines(): string[] {
  return [
    `cat > ${SECRET_READER} <<'MLOPS_END'`,
    '#!/bin/bash',
    'set -eo pipefail',
    `token=$(curl -sf -m 5 -H 'Metadata-Flavor: Google' ${ACCESS} | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')`,
    'curl -sf -m 10 -H "Authorization: Bearer $token" "https://secretmanager.googleapis.com/v1/$1:access" | ' +
      'python3 -c \'import base64, json, sys; sys.stdout.buffer.write(base64.b64decode(json.load(sys.stdin)["payload"]["data"]))\'',
    'MLOPS_END',
    `chmod 755 ${SECRET_READER}`,
  ];
}

function kernelSecretLines(secrets: { readonly [variable: string]: string }): string[] {
  return [
    'def _mlops_secret(name, reference):',
    '    import subprocess, sys',
    `    read = subprocess.run(["${SECRET_READER}", reference], capture_output=True, text=True, check=False)`,
    '    if read.returncode == 0:',
    '        os.environ[name] = read.stdout.rstrip("\\n")',
    '    else:',
    '        print(f"{name} could not be read from {reference}", file=sys.stderr)',
    '',
    ...Object.entries(secrets).map(
      ([name, reference]) => `_mlops_secret(${JSON.stringify(name)}, ${JSON.stringify(reference)})`,
    ),
  ];
}

function unread(name: string, reference: string): string {
  return `${name} could not be read from ${reference}`;
}

/** What is below the folder comes into the home folder, as the workload's runtime has it; a start goes on without. */
function fileLines(folder: string): string[] {
  return [
    `if ! runuser -u jupyter -- gcloud storage rsync --recursive '${folder}' /home/jupyter; then`,
    `  echo 'the files of ${folder} could not be copied' >&2`,
    'fi',
  ];
}

function tokenLines(audience: string): string[] {
  return [
    'def _mlops_token(*_, made={"at": 0}):',
    '    import time, urllib.parse, urllib.request',
    '    if time.time() - made["at"] < 1800:',
    '        return',
    `    query = urllib.parse.urlencode({"audience": ${JSON.stringify(audience)}})`,
    `    url = "${IDENTITY}?" + query`,
    '    request = urllib.request.Request(url, headers={"Metadata-Flavor": "Google"})',
    '    with urllib.request.urlopen(request, timeout=5) as answer:',
    '        os.environ["MLFLOW_TRACKING_TOKEN"] = answer.read().decode()',
    '    made["at"] = time.time()',
    '',
    'get_ipython().events.register("pre_run_cell", _mlops_token)',
    '_mlops_token()',
  ];
}

/**
 * A command that writes an access token, which holds for an hour, where pip looks for one, beside what the user keeps
 * in `.netrc`.
 */
function loginLines(host: string): string[] {
  return [
    `cat > ${PIP_LOGIN} <<'MLOPS_END'`,
    '#!/bin/bash',
    `answer=$(curl -sf -m 5 -H 'Metadata-Flavor: Google' ${ACCESS}) || exit 0`,
    'token=$(echo "$answer" | python3 -c \'import json, sys; print(json.load(sys.stdin)["access_token"])\')',
    'umask 077',
    `{ cat "$HOME/.netrc" 2> /dev/null; echo "machine ${host} login oauth2accesstoken password $token"; } > "$HOME/${NETRC}"`,
    'MLOPS_END',
    `chmod 755 ${PIP_LOGIN}`,
  ];
}

function kernelLoginLines(): string[] {
  return [
    'def _mlops_pip(*_, made={"at": 0}):',
    '    import subprocess, time',
    '    if time.time() - made["at"] < 1800:',
    '        return',
    `    subprocess.run(["${PIP_LOGIN}"], check=False)`,
    '    made["at"] = time.time()',
    '',
    `os.environ["NETRC"] = os.path.expanduser("~/${NETRC}")`,
    'get_ipython().events.register("pre_run_cell", _mlops_pip)',
    '_mlops_pip()',
  ];
}

const NETRC = '.mlops-netrc';
const SECRET_READER = '/usr/local/bin/mlops-secret';
const PIP_LOGIN = '/usr/local/bin/mlops-pip-login';

/** @see https://cloud.google.com/compute/docs/instances/verifying-instance-identity */
const IDENTITY = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity';

/** @see https://cloud.google.com/compute/docs/access/authenticate-workloads */
const ACCESS = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token';

/** Folder of the script that root runs at the start of every notebook. */
export const SCRIPTS = 'notebook-startup/';
