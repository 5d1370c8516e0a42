// Over 300 lines: a named constructor for each system, which are one class to its users.
import { FeastOptions } from './feast-options';
import {
  ArizeOptions,
  DatabricksOptions,
  DatadogOptions,
  DeltaLakeOptions,
  EvidentlyOptions,
  GrafanaOptions,
  LakeFsOptions,
  MlflowOptions,
  OtherIntegrationOptions,
  PachydermOptions,
  PhoenixOptions,
  PrefectOptions,
  PrometheusOptions,
  TectonOptions,
  WeightsAndBiasesOptions,
  ZenMlOptions,
} from './integration-options';
import { System } from './system';
import { DELTA_LAKE } from './systems/delta-lake';
import { DVC } from './systems/dvc';
import { FEAST } from './systems/feast';
import { GRAFANA } from './systems/grafana';
import { LAKEFS } from './systems/lakefs';
import { MLFLOW } from './systems/mlflow';
import { AIRFLOW, DAGSTER } from './systems/orchestrators';
import { PHOENIX } from './systems/phoenix';
import { PREFECT } from './systems/prefect';
import { PROMETHEUS } from './systems/prometheus';
import { NEPTUNE, PACHYDERM, TECTON } from './systems/retired';
import { ARIZE, DATABRICKS, DATADOG, EVIDENTLY } from './systems/services';
import { WEIGHTS_AND_BIASES } from './systems/weights-and-biases';
import { ZENML } from './systems/zenml';
import { checkGiven, Given, otherSecrets, systemOf } from '../private/integrations/given';
import { refuseBecause } from '../private/validation';

/**
 * A system that a team uses beside the cloud, connected to everything that runs its code and hosted where it has to be.
 *
 * The same value works on every cloud; docs/integrations.md says how each cloud offers it.
 */
export class Integration {
  /**
   * Weights & Biases: runs of trainings and notebooks are logged there.
   *
   * @example
   * import { Integration, SecretName } from 'mlops-constructs';
   *
   * const tracking = Integration.weightsAndBiases({ entity: 'shop', project: 'churn', apiKey: SecretName.of('wandb-api-key') });
   */
  public static weightsAndBiases(options: WeightsAndBiasesOptions): Integration {
    const { apiKey, endpoint, entity, project } = options;
    return new Integration(WEIGHTS_AND_BIASES, {
      endpoint,
      options: { entity, project },
      required: ['entity', 'apiKey'],
      secrets: { WANDB_API_KEY: ['apiKey', apiKey] },
    });
  }

  /**
   * Prefect: a server, and a flow that starts and follows the training.
   *
   * @example
   * import { Integration } from 'mlops-constructs';
   *
   * const hosted = Integration.prefect();
   * const existing = Integration.prefect({ endpoint: 'https://prefect.example.com/api' });
   */
  public static prefect(options: PrefectOptions = {}): Integration {
    const { apiKey, endpoint, hosting } = options;
    return new Integration(PREFECT, { endpoint, hosting, secrets: { PREFECT_API_KEY: ['apiKey', apiKey] } });
  }

  /**
   * MLflow's own server, for teams that share one between clouds. The tracker of a blueprint is the cloud's MLflow
   * already: `ExperimentTracker` needs no integration.
   *
   * @example
   * import { Integration, SecretName } from 'mlops-constructs';
   *
   * const shared = Integration.mlflow({ endpoint: 'https://mlflow.example.com', token: SecretName.of('mlflow-token') });
   */
  public static mlflow(options: MlflowOptions = {}): Integration {
    const { endpoint, experiment, hosting, token } = options;
    return new Integration(MLFLOW, {
      endpoint,
      hosting,
      options: { experiment },
      secrets: { MLFLOW_TRACKING_TOKEN: ['token', token] },
    });
  }

  /**
   * DVC: a remote in the data lake, which every job and notebook that is connected knows, reads and writes.
   *
   * @example
   * import { Integration } from 'mlops-constructs';
   *
   * const versions = Integration.dvc();
   */
  public static dvc(): Integration {
    return new Integration(DVC, {});
  }

  /**
   * Delta Lake: tables with versions in the data lake, which everything that is connected reads and writes, and which
   * the cloud's catalog lists. `DELTA_TABLES_URI` is the folder of the tables.
   *
   * @example
   * import { DeltaColumnType, Integration } from 'mlops-constructs';
   *
   * const tables = Integration.deltaLake({
   *   tables: [
   *     {
   *       name: 'transactions',
   *       columns: [
   *         { name: 'customer_id', columnType: DeltaColumnType.STRING },
   *         { name: 'amount', columnType: DeltaColumnType.DOUBLE },
   *         { name: 'day', columnType: DeltaColumnType.DATE },
   *       ],
   *       partitionBy: ['day'],
   *     },
   *   ],
   * });
   */
  public static deltaLake(options: DeltaLakeOptions): Integration {
    return new Integration(DELTA_LAKE, { tables: options.tables });
  }

  /**
   * Feast: the features of the cloud's feature store in Feast's own words, with a registry, an online store, a feature
   * server and runs that fill it on a schedule. `FeatureStore()` works wherever it is connected.
   *
   * @example
   * import { FeatureGroupSpec, Integration } from 'mlops-constructs';
   *
   * declare const customers: FeatureGroupSpec;
   *
   * const hosted = Integration.feast({ featureGroups: [customers] });
   * const existing = Integration.feast({
   *   endpoint: 'https://feast.example.com',
   *   registry: 's3://shared-features/registry.db',
   *   project: 'churn',
   * });
   */
  public static feast(options: FeastOptions): Integration {
    const { endpoint, registry } = options;
    return new Integration(FEAST, {
      endpoint,
      feast: options,
      together: endpoint === undefined ? undefined : [['endpoint', endpoint], ['registry', registry]],
    });
  }

  /** lakeFS: branches and commits over the data lake, by a server with a database. */
  public static lakeFs(options: LakeFsOptions = {}): Integration {
    const { accessKeyId, endpoint, secretAccessKey } = options;
    return new Integration(LAKEFS, {
      endpoint,
      together: [['endpoint', endpoint], ['accessKeyId', accessKeyId], ['secretAccessKey', secretAccessKey]],
      secrets: {
        LAKECTL_CREDENTIALS_ACCESS_KEY_ID: ['accessKeyId', accessKeyId],
        LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: ['secretAccessKey', secretAccessKey],
      },
    });
  }

  /**
   * Airflow: a DAG that starts the training, follows it and fails where it fails, for an environment that exists (Amazon
   * MWAA, Cloud Composer, one of your own).
   *
   * @example
   * import { Integration } from 'mlops-constructs';
   *
   * const dag = Integration.airflow();
   */
  public static airflow(): Integration {
    return new Integration(AIRFLOW, {});
  }

  /** Dagster: a job that starts the training and follows it, for a deployment that exists. */
  public static dagster(): Integration {
    return new Integration(DAGSTER, {});
  }

  /** ZenML: a server with a database, and a pipeline that starts the training and follows it. */
  public static zenMl(options: ZenMlOptions = {}): Integration {
    const { apiKey, endpoint } = options;
    return new Integration(ZENML, { endpoint, secrets: { ZENML_STORE_API_KEY: ['apiKey', apiKey] } });
  }

  /** Arize Phoenix: a server with a database that takes traces over OpenTelemetry. */
  public static phoenix(options: PhoenixOptions = {}): Integration {
    const { apiKey, endpoint, project } = options;
    return new Integration(PHOENIX, {
      endpoint,
      options: { project },
      secrets: { PHOENIX_API_KEY: ['apiKey', apiKey] },
    });
  }

  /**
   * Prometheus: drift runs write their numbers there, and the limits of the monitoring are its rules.
   *
   * @example
   * import { Integration } from 'mlops-constructs';
   *
   * const managed = Integration.prometheus();
   * const existing = Integration.prometheus({ endpoint: 'https://prometheus.example.com/api/v1/write' });
   */
  public static prometheus(options: PrometheusOptions = {}): Integration {
    const { endpoint, token } = options;
    if (token !== undefined && endpoint === undefined) {
      refuseBecause(
        { what: 'integration', name: PROMETHEUS.id },
        'token is for a server that exists: give its endpoint as well, or leave token out',
      );
    }
    return new Integration(PROMETHEUS, { endpoint, secrets: { MLOPS_PROMETHEUS_TOKEN: ['token', token] } });
  }

  /** Grafana: a server with a database; the cloud's metrics are sources that its administrator adds. */
  public static grafana(options: GrafanaOptions = {}): Integration {
    return new Integration(GRAFANA, { endpoint: options.endpoint });
  }

  /** Evidently's service of reports, which exists. */
  public static evidently(options: EvidentlyOptions): Integration {
    const { endpoint, secret } = options;
    return new Integration(EVIDENTLY, {
      endpoint,
      required: ['endpoint'],
      secrets: { EVIDENTLY_SECRET: ['secret', secret] },
    });
  }

  /** Arize AX: observability of models as a service. */
  public static arize(options: ArizeOptions): Integration {
    const { apiKey, region, space } = options;
    return new Integration(ARIZE, {
      options: { space, arizeRegion: region },
      required: ['space', 'apiKey'],
      secrets: { ARIZE_API_KEY: ['apiKey', apiKey] },
    });
  }

  /** Datadog: metrics and traces of the user's code as a service. */
  public static datadog(options: DatadogOptions): Integration {
    const { apiKey, environment, service, site = 'datadoghq.com' } = options;
    return new Integration(DATADOG, {
      endpoint: `https://api.${site}`,
      options: { environment, service, site },
      required: ['apiKey'],
      secrets: { DD_API_KEY: ['apiKey', apiKey] },
    });
  }

  /** Databricks: features, experiments and models of a workspace that exists. */
  public static databricks(options: DatabricksOptions): Integration {
    const { clientId, clientSecret, endpoint } = options;
    return new Integration(DATABRICKS, {
      endpoint,
      options: { clientId },
      required: ['endpoint', 'clientId', 'clientSecret'],
      secrets: { DATABRICKS_CLIENT_SECRET: ['clientSecret', clientSecret] },
    });
  }

  /** Tecton, for those who still have a cluster: nobody develops it any more. */
  public static tecton(options: TectonOptions): Integration {
    const { acknowledgeUnmaintained, apiKey, endpoint } = options;
    return new Integration(TECTON, {
      endpoint,
      required: ['endpoint', 'apiKey'],
      secrets: { TECTON_API_KEY: ['apiKey', apiKey] },
      acknowledged: ['acknowledgeUnmaintained', acknowledgeUnmaintained],
    });
  }

  /** Pachyderm, for those who still have a cluster: nobody maintains it any more. */
  public static pachyderm(options: PachydermOptions): Integration {
    const { acknowledgeUnmaintained, endpoint, token } = options;
    return new Integration(PACHYDERM, {
      endpoint,
      required: ['endpoint', 'token'],
      secrets: { PACH_TOKEN: ['token', token] },
      acknowledged: ['acknowledgeUnmaintained', acknowledgeUnmaintained],
    });
  }

  /** Neptune is gone: this is an error that says when, and what to use instead. */
  public static neptune(): Integration {
    return new Integration(NEPTUNE, {});
  }

  /**
   * A system that this library has no word for: its variables and secrets reach everything that runs the user's code.
   *
   * @param id id of the system; lower-case letters, digits and hyphens
   */
  public static of(id: string, options: OtherIntegrationOptions): Integration {
    return new Integration(systemOf(id, options), { endpoint: options.endpoint, secrets: otherSecrets(options) });
  }

  /** Id of the system, which its constructs carry. */
  public readonly id: string;
  /** Name of the system as its makers write it. */
  public readonly title: string;
  /**
   * Facts of the system.
   *
   * @internal
   */
  public readonly _system: System;
  /**
   * What the user said.
   *
   * @internal
   */
  public readonly _given: Given;

  private constructor(system: System, given: Given) {
    checkGiven(system, given);
    this.id = system.id;
    this.title = system.title;
    this._system = system;
    this._given = given;
  }
}
