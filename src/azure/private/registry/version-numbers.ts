import { arm, compose, increment, setVariable, Text } from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, Fragment, until, when } from '../base/workflow-control';
import { codeOf, errorOf, ex, Expression, text, variable } from '../base/workflow-expressions';
import { storageRequest } from '../base/workflow-storage';

/** Whose number is taken, and where. */
export interface NumberInput {
  /** Names the actions and variables: `Number`. */
  readonly name: string;
  /** ARM id of the model. */
  readonly modelId: Text;
  /** Folder of numbers that are taken, `https://<account>.blob.core.windows.net/<container>/registry/<model>`. */
  readonly numbersUrl: string;
  /** Who takes it: the same text finds the same number again. */
  readonly owner: Expression;
  /** Tag of a version, and the value that says it is the owner's. */
  readonly ownerTag: string;
}

/** More than a model has versions that the registry does not count. */
const MOST_NUMBERS = 1000;

/**
 * Takes the next number of a model for one owner, whoever else takes one at the same time: a blob is created under the
 * number with `If-None-Match: *`, which one request alone can do. Azure ML itself has no such request: two that
 * register `4` at once both succeed, and the later one wins.
 *
 * A lost answer is no loss: the blob says whose it is. A number that is taken and never used stays a gap.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export function takeNumber({ name, modelId, numbersUrl, owner, ownerTag }: NumberInput): Fragment {
  const [number, taken] = [numberOf(name), `${name.toLowerCase()}_taken`];
  const model = { type: 'Microsoft.MachineLearningServices/workspaces/models' as const, id: modelId };
  const version = {
    type: 'Microsoft.MachineLearningServices/workspaces/models/versions' as const,
    id: text`${modelId}/versions/${variable(number)}`,
  };
  const url = text`${numbersUrl}/${variable(number)}`;
  const next = ex`string(coalesce(body(${`${name}_model`})?['properties']?['nextVersion'], ''))`;
  return {
    variables: { [number]: 1, [taken]: false },
    actions: {
      [`${name}_model`]: arm.get(model),
      [`${name}_first`]: after(
        { [`${name}_model`]: FAILED },
        when(
          ex`not(equals(coalesce(${codeOf(`${name}_model`)}, 0), 404))`,
          fail(`${name}_unknown`, errorOf(`${name}_model`)),
        ),
      ),
      [`${name}_next`]: after(
        { [`${name}_model`]: ['Succeeded'] },
        setVariable(number, ex`int(if(isInt(${next}), ${next}, '1'))`),
      ),
      [`${name}_begin`]: after(
        {
          [`${name}_model`]: ENDED,
          [`${name}_first`]: ['Succeeded', 'Skipped'],
          [`${name}_next`]: ['Succeeded', 'Skipped'],
        },
        compose('numbers are tried from here on'),
      ),
      [name]: until(
        variable(taken),
        { count: MOST_NUMBERS, timeout: 'PT3H', failAtLimit: true },
        {
          [`${name}_claim`]: storageRequest('PUT', url, {
            body: { owner },
            headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Type': 'application/json', 'If-None-Match': '*' },
          }),
          [`${name}_claimed`]: setVariable(taken, true),
          [`${name}_refused`]: after(
            { [`${name}_claim`]: FAILED },
            when(
              ex`contains(createArray(409, 412), coalesce(${codeOf(`${name}_claim`)}, 0))`,
              {
                [`${name}_whose`]: storageRequest('GET', url, {}),
                [`${name}_own`]: setVariable(
                  taken,
                  ex`equals(string(coalesce(body(${`${name}_whose`})?['owner'], '')), ${owner})`,
                ),
              },
              fail(`${name}_claim_error`, errorOf(`${name}_claim`)),
            ),
          ),
          [`${name}_asked`]: after(
            { [`${name}_claimed`]: ['Succeeded', 'Skipped'], [`${name}_refused`]: ['Succeeded', 'Skipped'] },
            compose('the number was asked for'),
          ),
          // Somebody may have registered it without asking here.
          [`${name}_used`]: when(variable(taken), {
            [`${name}_look`]: arm.get(version),
            [`${name}_free`]: after(
              { [`${name}_look`]: FAILED },
              when(
                ex`not(equals(coalesce(${codeOf(`${name}_look`)}, 0), 404))`,
                fail(`${name}_look_error`, errorOf(`${name}_look`)),
              ),
            ),
            [`${name}_theirs`]: after(
              { [`${name}_look`]: ['Succeeded'] },
              setVariable(
                taken,
                ex`equals(coalesce(body(${`${name}_look`})?['properties']?['tags']?[${ownerTag}], ''), ${owner})`,
              ),
            ),
            [`${name}_looked`]: after(
              { [`${name}_free`]: ['Succeeded', 'Skipped'], [`${name}_theirs`]: ['Succeeded', 'Skipped'] },
              compose('the version was looked for'),
            ),
          }),
          [`${name}_go_on`]: when(ex`not(${variable(taken)})`, { [`${name}_up`]: increment(number) }),
        },
      ),
    },
  };
}

/** The variable that has the number. */
export function numberOf(name: string): string {
  return `${name.toLowerCase()}_number`;
}
