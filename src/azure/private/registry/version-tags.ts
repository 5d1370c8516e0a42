/**
 * Tags of a version, which workflows write and read; MLflow's clients show them too. Metrics of the evaluation are tags
 * as well, each as `metric.<name>`.
 */
export const VERSION_TAGS = {
  /** `pending`, `approved` or `rejected`; set by the workflow that takes an approval, and to `rejected` by people. */
  approval: 'mlops_approval',
  /** The run of the training, which names the folder `training/<run>/` of the lake's artifacts. */
  run: 'mlops_run',
  /**
   * Folder of the run in the lake's artifacts, with `model/` and `evaluation/` (the drift reference is in the latter):
   * `training/<run>`.
   */
  folder: 'mlops_folder',
  /** Address of the image that serves it. */
  image: 'mlops_image',
  /** Where the data set was, `raw/dataset/`. */
  data: 'mlops_data',
  /** Commit of the code, where the image knows it. */
  commit: 'mlops_commit',
  /** What started the run. */
  trigger: 'mlops_trigger',
  /** The number that a promoted version has in the training workspace. */
  trainingVersion: 'mlops_training_version',
} as const;
