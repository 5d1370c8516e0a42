import { literal } from '../../terraform/text';

/**
 * What every start of a notebook runs as root, after Workbench's own scripts: variables for terminals and for kernels of Python. With a tracker,
 * both also fetch an ID token for it from the metadata server: a terminal when it opens, a kernel before a cell once the last is half an hour old.
 *
 * IPython runs the files of /etc/ipython/startup in every kernel of every user.
 *
 * @see https://ipython.readthedocs.io/en/stable/interactive/tutorial.html#startup-files
 */
export function startScript(environment: { readonly [name: string]: string }, tokenAudience: string | undefined): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value.replace(/'/g, '\'\\\'\'')}'`);
  const variables = Object.entries(environment).map(([name, value]) => `os.environ[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  return literal([
    '#!/bin/bash',
    'set -e',
    'cat > /etc/profile.d/mlops.sh <<\'MLOPS_END\'',
    ...exports,
    ...(tokenAudience === undefined ? [] : [
      `export MLFLOW_TRACKING_TOKEN="$(curl -sf -m 5 -G -H 'Metadata-Flavor: Google' --data-urlencode 'audience=${tokenAudience}' ${IDENTITY} || true)"`,
    ]),
    'MLOPS_END',
    'mkdir -p /etc/ipython/startup',
    'cat > /etc/ipython/startup/50-mlops.py <<\'MLOPS_END\'',
    'import os',
    ...variables,
    ...(tokenAudience === undefined ? [] : tokenLines(tokenAudience)),
    'MLOPS_END',
    'chmod 644 /etc/profile.d/mlops.sh /etc/ipython/startup/50-mlops.py',
    '',
  ].join('\n'));
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

/** @see https://cloud.google.com/compute/docs/instances/verifying-instance-identity */
const IDENTITY = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity';
