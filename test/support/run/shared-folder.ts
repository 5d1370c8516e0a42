/** The variable by which the processes of one run know its folder. */
export const SHARED_FOLDER = 'MLOPS_CONSTRUCTS_TEST_RUN';

/** Where the test files of one run leave to each other what takes long to make. */
export function sharedFolder(): string {
  return process.env[SHARED_FOLDER]!;
}
