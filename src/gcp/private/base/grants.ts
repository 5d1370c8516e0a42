import { ITerraformDependable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { givenOnce } from '../../../terraform/grants';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';

/** A permission of one principal for one purpose, given when it is asked for first. */
export function grantOnce(
  opened: IConstruct,
  principal: IPrincipal,
  purpose: string,
  give: (scope: Construct, id: string) => IConstruct & ITerraformDependable,
): Grant {
  return new Grant([givenOnce(opened, principal, purpose, give)]);
}
