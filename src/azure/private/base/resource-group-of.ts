import { IConstruct } from 'constructs';
import { Speaker } from '../../../core/private/validation';
import { Ground, groundOf, registerGround } from '../../../terraform/ground';
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
  /**
   * Namespaces that the provider registers, in alphabetical order: all that the stack has resources of. Known when the
   * stack is complete.
   */
  readonly _namespaces: readonly string[];
  /** Whether the stack made the group, and deletes it when it goes. */
  readonly _isOwn: boolean;
  /** Has the provider register namespaces, `Microsoft.Logic`, with the subscription. */
  _register(...namespaces: string[]): void;
}

const GROUND: Ground = {
  key: Symbol.for('mlops-constructs/azure-resource-group'),
  missing:
    "the stack has no resource group yet: create new AzureResourceGroup(stack, 'Azure', { subscriptionId, location }) before its constructs",
  alone: 'a stack without an AzureResourceGroup: one stack has one resource group',
};

/** The resource group of the stack that a construct is in. */
export function resourceGroupOf(scope: IConstruct): ResourceGroupContext {
  return groundOf(scope, GROUND);
}

/** Makes it the resource group of its stack, which may have one only. */
export function registerResourceGroup(who: Speaker, group: ResourceGroupContext & IConstruct): void {
  registerGround(who, group, GROUND);
}
