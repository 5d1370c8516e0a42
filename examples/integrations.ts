import { DeltaColumnType, Integration, SecretName } from 'mlops-constructs/core';

/** Systems that a team may have already; the values of the secrets are written into the cloud's secret store. */
export function systems(): Integration[] {
  return [
    Integration.weightsAndBiases({ entity: 'example', project: 'breast-cancer', apiKey: SecretName.of('wandb-api-key') }),
    Integration.datadog({ site: 'datadoghq.eu', environment: 'prod', apiKey: SecretName.of('datadog-api-key') }),
    Integration.dvc(),
    Integration.airflow(),
    Integration.dagster(),
    Integration.deltaLake({
      tables: [
        {
          name: 'measurements',
          columns: [
            { name: 'sample_id', columnType: DeltaColumnType.LONG },
            { name: 'mean_radius', columnType: DeltaColumnType.DOUBLE },
            { name: 'measured_on', columnType: DeltaColumnType.DATE },
          ],
          partitionBy: ['measured_on'],
        },
      ],
    }),
  ];
}

/** Servers that a stack hosts itself, each with a database of its own. */
export function servers(): Integration[] {
  return [Integration.prefect(), Integration.phoenix(), Integration.grafana()];
}

/** The same servers where they run elsewhere. */
export function existingServers(): Integration[] {
  return [
    Integration.prefect({ endpoint: 'https://prefect.example.com/api', apiKey: SecretName.of('prefect-api-key') }),
    Integration.phoenix({ endpoint: 'https://phoenix.example.com', apiKey: SecretName.of('phoenix-api-key') }),
    Integration.grafana({ endpoint: 'https://grafana.example.com' }),
  ];
}
