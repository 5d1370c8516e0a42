/**
 * How an image answers that was not made for the workload contract, in the words of Vertex AI (`containerSpec`): a
 * server of language models such as vLLM, or Triton. What is left out is what the contract says.
 *
 * The container finds its model by the variable `AIP_STORAGE_URI`, `gs://…`: a shell passes it on to a server that
 * reads Cloud Storage itself, `command: ['sh', '-c', 'exec vllm serve "$AIP_STORAGE_URI" --port 8080']`, or copies the
 * files first.
 *
 * @see https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements
 * @see https://cloud.google.com/vertex-ai/docs/predictions/deploy-genai
 */
export interface ServingContainer {
  /**
   * Command instead of the image's entry point.
   *
   * @default - the image's entry point
   */
  readonly command?: string[];
  /**
   * Arguments of it.
   *
   * @default - `serve`, or none where there is a `command`
   */
  readonly args?: string[];
  /**
   * Port that the server listens on.
   *
   * @default 8080
   */
  readonly port?: number;
  /**
   * Path that predictions are posted to: `/v1/chat/completions`. Requests that are no `instances` reach it with
   * `rawPredict`, streamed answers come with `streamRawPredict`.
   *
   * @default - a path of the workload contract
   */
  readonly predictRoute?: string;
  /**
   * Path that answers 200 when the model is loaded.
   *
   * @default '/ping'
   */
  readonly healthRoute?: string;
  /**
   * Shared memory of the container, in MB. Servers that spread a model over several GPUs need some gigabytes.
   *
   * @default - Vertex AI's, which is 64
   */
  readonly sharedMemorySizeMb?: number;
  /**
   * Time in which a replica must be there with its model loaded, in minutes, at most 120. The rollout waits as long.
   *
   * @default - as long as Vertex AI waits by itself
   */
  readonly deploymentTimeoutMinutes?: number;
}
