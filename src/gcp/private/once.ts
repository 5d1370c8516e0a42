import { ITerraformDependable } from 'cdktf';
import { IConstruct } from 'constructs';
import { grantId } from './grant-id';
import { Grant } from '../grant';
import { IPrincipal } from '../principal';

/** The child with this id, made when it is asked for first. */
export function once<T extends IConstruct>(scope: IConstruct, id: string, make: (id: string) => T): T {
  return scope.node.tryFindChild(id) as T | undefined ?? make(id);
}

/** A permission of one principal for one purpose, given when it is asked for first. */
export function grantOnce(scope: IConstruct, principal: IPrincipal, purpose: string, give: (id: string) => IConstruct & ITerraformDependable): Grant {
  return new Grant([once(scope, grantId(principal, purpose), give).fqn]);
}
