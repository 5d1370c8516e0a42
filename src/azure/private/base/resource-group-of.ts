import { IConstruct } from 'constructs';
import { refuse, refuseBecause, Speaker, speakerFor } from '../../../core/private/validation';
import { stackOf } from '../../../terraform/stack';
import { INetwork } from '../../private-network-props';

/** The members of `AzureResourceGroup` that private files ask for: what it creates itself cannot import the class. */
export interface ResourceGroupContext {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly location: string;
  readonly resourceGroupName: string;
  readonly resourceGroupId: string;
  /** `azapi` or `template`. */
  readonly armRenderer: string;
  /** The network of private resources, made when it is asked for first. */
  readonly network: INetwork;
  /** Name of the group as names are made from it: known while synthesizing, unless the user gave a token. */
  readonly _groupName: string;
  /** Namespaces that the provider registers, in alphabetical order: all that the stack has resources of. Known when the stack is complete. */
  readonly _namespaces: readonly string[];
  /** Has the provider register namespaces, `Microsoft.Logic`, with the subscription. */
  _register(...namespaces: string[]): void;
}

const OF_STACK = Symbol.for('mlops-constructs/azure-resource-group');

/** The resource group of the stack that a construct is in. */
export function resourceGroupOf(scope: IConstruct): ResourceGroupContext {
  const who: Speaker = speakerFor(speakerOf(scope), scope);
  const stack = stackOf(scope, who);
  const found = (stack as unknown as { [key: symbol]: ResourceGroupContext | undefined })[OF_STACK];
  return found ?? refuseBecause(who, 'the stack has no resource group yet: '
    + 'create new AzureResourceGroup(stack, \'Azure\', { subscriptionId, location }) before its constructs');
}

/** Makes it the resource group of its stack, which may have one only. */
export function registerResourceGroup(who: Speaker, group: ResourceGroupContext & IConstruct): void {
  const stack = stackOf(group, who);
  if (OF_STACK in stack) refuse(who, 'scope', stack.node.id, 'a stack without an AzureResourceGroup: one stack has one resource group');
  Object.defineProperty(stack, OF_STACK, { value: group });
}

function speakerOf(scope: IConstruct): string {
  return scope.constructor.name.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
