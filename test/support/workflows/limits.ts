/** What a definition and an execution may not exceed: https://cloud.google.com/workflows/quotas */
export const LIMITS = {
  sourceBytes: 128 * 1024,
  expressionCharacters: 400,
  assignmentsPerStep: 50,
  conditionsPerSwitch: 50,
  parametersPerWorkflow: 10,
  callDepth: 20,
  stepsPerExecution: 100_000,
  variableBytes: 512 * 1024,
  stringBytes: 256 * 1024,
  responseBytes: 2 * 1024 * 1024,
  branches: { least: 2, most: 10 },
  parallelDepth: 2,
} as const;
