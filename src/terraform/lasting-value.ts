import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { once } from './once';

/**
 * A computed value that a resource has for as long as it exists, as text. A provider may not know such a value while it
 * changes the resource in place, and whatever cannot be changed in place would be recreated for it: here it is read
 * when the resource is made, and again when it is recreated.
 *
 * @param madeWith an attribute of the resource that is unknown when it is recreated and at no other time, its id
 */
export function lastingValue(scope: Construct, id: string, value: string, madeWith: string): string {
  return once(scope, id, () => new LastingValue(scope, id, value, madeWith)).getStringAttribute('output');
}

/** @see https://developer.hashicorp.com/terraform/language/resources/terraform-data */
class LastingValue extends TerraformResource {
  public constructor(scope: Construct, id: string, private readonly value: string, private readonly madeWith: string) {
    super(scope, id, { terraformResourceType: 'terraform_data', lifecycle: { ignoreChanges: ['input'] } });
  }

  protected override synthesizeAttributes(): { [name: string]: any } {
    return { input: this.value, triggers_replace: this.madeWith };
  }
}
