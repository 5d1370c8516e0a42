import { INetwork } from './private-network-props';

/** How what azurerm has no resource for is written: endpoints of Azure Machine Learning, workflows, feature sets. */
export enum ArmRenderer {
  /** As resources of the provider `Azure/azapi`: a plan shows each property. */
  AZAPI = 'azapi',
  /**
   * As deployments of ARM templates, for companies that allow the provider `hashicorp/azurerm` alone: a plan shows the
   * template's text, and changes from outside are not seen. A `FeatureStore` is refused: its settings are written in a
   * second pass.
   */
  TEMPLATE = 'template',
}

/** Where a stack is deployed to. */
export interface AzureResourceGroupProps {
  /** Id of the subscription; it exists. */
  readonly subscriptionId: string;
  /** Region of everything, `westeurope`; tables of machines and GPUs are read for it. */
  readonly location: string;
  /**
   * Name of a resource group that exists, in the subscription.
   *
   * @default - a new one, named after the stack; it cannot be deleted while something is in it
   */
  readonly resourceGroupName?: string;
  /**
   * Id of the tenant (directory) of Microsoft Entra ID.
   *
   * @default - asked of the deployer's login at every plan
   */
  readonly tenantId?: string;
  /**
   * Network of private endpoints and serverless endpoints.
   *
   * @default - a network of the stack's own, made when a construct needs it
   */
  readonly network?: INetwork;
  /**
   * Range of versions of the provider hashicorp/azurerm.
   *
   * @default '~> 4.77'
   */
  readonly providerVersion?: string;
  /**
   * Renderer of resources that azurerm does not have.
   *
   * @default ArmRenderer.AZAPI
   */
  readonly armRenderer?: ArmRenderer;
  /**
   * Tags of everything that takes tags, by name. Those of `GovernanceGuardrails` are added.
   *
   * @default - none
   */
  readonly tags?: { [name: string]: string };
}
