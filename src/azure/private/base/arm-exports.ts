import { TerraformResource, Token } from 'cdktf';
import { Construct } from 'constructs';
import { requireMatch, Speaker } from '../../../core/private/validation';
import { lastingValue } from '../../../terraform/lasting-value';
import { RawResource } from '../../../terraform/raw-resource';

/** What Azure sets when it makes a resource: unknown to the provider while it changes anything of it, a tag too. */
export function lasting(scope: Construct, id: string, path: string, value: string, resource: TerraformResource): string {
  return lastingValue(scope, `${id}-${path.slice(path.lastIndexOf('.') + 1)}`, value, resource.getStringAttribute('id'));
}

/** Paths of the response that reach Terraform's state: what is not named is not kept. */
export class Exports {
  private readonly added = new Set<string>();

  public constructor(private readonly who: Speaker, paths: readonly string[] = []) {
    for (const path of paths) this.add(path);
  }

  public add(path: string): string {
    requireMatch(
      this.who,
      'exports',
      path,
      /^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/,
      'paths of the response like properties.scoringUri',
    );
    this.added.add(path);
    return path;
  }

  public paths(): string[] {
    return [...this.added].sort();
  }

  public read(resource: RawResource, path: string): string {
    return Token.asString(resource.interpolationForAttribute(`output.${this.add(path)}`));
  }
}
