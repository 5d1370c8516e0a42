import { System } from '../../integrations/system';
import { requireMatch, Speaker } from '../validation';

/** How a training is started and followed in its cloud: source of Python, without an orchestrator in it. */
export interface TrainingSteps {
  /** Name of the training, for people and for ids. */
  readonly name: string;
  /** Packages that the source imports, for pip. */
  readonly packages: readonly string[];
  /** Constants of the source, by name; texts. */
  readonly constants: { readonly [name: string]: string };
  /**
   * Source of `start_training() -> str`, which returns an id of the run, and `training_ended(run) -> bool`, which raises
   * `RuntimeError` where the run has failed.
   */
  readonly source: string;
}

/** A file that starts and follows a training. */
export interface FlowFile {
  /** Id of the system that runs it. */
  readonly system: string;
  readonly path: string;
  readonly content: string;
}

/** The files for those of the systems that are orchestrators. */
export function flowFiles(who: Speaker, systems: readonly System[], steps: TrainingSteps): FlowFile[] {
  requireMatch(who, 'name', steps.name, NAME, 'letters, digits, hyphens and underscores, a letter first, at most 63');
  return systems.flatMap((system) => flowFile(system, steps) ?? []);
}

/** The file for an orchestrator; undefined for a system that is none. */
export function flowFile({ id, title }: System, steps: TrainingSteps): FlowFile | undefined {
  const wrapper = WRAPPERS[id];
  if (wrapper === undefined) return undefined;
  const word = steps.name.replace(/\W+/g, '_');
  const constants = Object.entries(steps.constants).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const content = [
    `"""Starts the training ${steps.name} and follows it until it ends, with ${title}.`,
    '',
    `Generated: it changes with the stack. It needs ${[...steps.packages, ...wrapper.packages].join(', ')}, and an identity that`,
    'may start the training and read its runs.',
    '"""',
    '',
    'import time',
    steps.source.trim().replace('# constants', [...constants, ...TIMES].join('\n')),
    '',
    '',
    ...wrapper.source.trim().split('\n'),
    '',
  ].join('\n').replace(/\btraining_flow\b/g, `${word}_training`);
  return { system: id, path: `${word}_training.py`, content };
}

interface Wrapper {
  readonly packages: readonly string[];
  /** Source around `start_training` and `training_ended`; `training_flow` becomes the name of the flow. */
  readonly source: string;
}

/** Where a worker waits itself. */
const FOLLOW = `
def follow(run: str) -> None:
    while not training_ended(run):
        time.sleep(SECONDS)
`;

const WRAPPERS: { readonly [system: string]: Wrapper | undefined } = {
  // The sensor gives its slot back between two looks. Airflow 3 has the decorators in its SDK, Airflow 2 elsewhere.
  airflow: {
    packages: [],
    source: `
try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task


@dag(schedule=None, catchup=False, max_active_runs=1, tags=["mlops"])
def training_flow():
    @task(retries=0)
    def start() -> str:
        return start_training()

    @task.sensor(poke_interval=SECONDS, timeout=TIMEOUT_SECONDS, mode="reschedule", retries=3)
    def ended(run: str) -> bool:
        return training_ended(run)

    ended(start())


training_flow()
`,
  },
  prefect: {
    packages: ['prefect>=3.4,<4'],
    source: `
from prefect import flow, task

${FOLLOW}

@task
def start() -> str:
    return start_training()


@task
def ended(run: str) -> None:
    follow(run)


@flow(name="training_flow", timeout_seconds=TIMEOUT_SECONDS)
def training_flow() -> str:
    run = start()
    ended(run)
    return run


if __name__ == "__main__":
    training_flow.serve(name="training_flow", tags=["mlops"])
`,
  },
  dagster: {
    packages: ['dagster>=1.10,<2'],
    source: `
from dagster import Definitions, OpExecutionContext, job, op

${FOLLOW}

@op
def start() -> str:
    return start_training()


@op
def ended(context: OpExecutionContext, run: str) -> None:
    follow(run)
    context.log.info(f"the training {run} has succeeded")


@job(tags={"mlops": "training"})
def training_flow():
    ended(start())


defs = Definitions(jobs=[training_flow])
`,
  },
  zenml: {
    packages: ['zenml>=0.90,<1'],
    source: `
from zenml import pipeline, step

${FOLLOW}

@step(enable_cache=False)
def start() -> str:
    return start_training()


@step(enable_cache=False)
def ended(run: str) -> None:
    follow(run)


@pipeline(name="training_flow", enable_cache=False)
def training_flow() -> None:
    ended(start())


if __name__ == "__main__":
    training_flow()
`,
  },
};

/** Seconds between two looks, and the longest time that a flow follows a training: 28 days, and one to begin. */
const TIMES = ['SECONDS = 30', 'TIMEOUT_SECONDS = 29 * 86_400'];

/** Names that are those of a file, a function and a DAG at once. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** Outputs of a blueprint for the files of its orchestrators, by the system's id: `AirflowFlow`. */
export function flowOutputs(files: { readonly [system: string]: string } = {}): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(files).map(([id, value]) => [`${id.charAt(0).toUpperCase()}${id.slice(1)}Flow`, value]),
  );
}
