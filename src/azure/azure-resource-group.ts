import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Aspects, Lazy, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ArmRenderer, AzureResourceGroupProps } from './azure-resource-group-props';
import { warn } from '../terraform/annotations';
import { stackOf } from '../terraform/stack';
import { GUID } from './private/base/guid';
import { azureName } from './private/base/names';
import { REGIONS } from './private/base/regions';
import { requireProps } from './private/base/require-props';
import { registerResourceGroup, resourceGroupOf } from './private/base/resource-group-of';
import { addTags, requireTags } from './private/base/tags';
import { PrivateNetwork } from './private-network';
import { INetwork } from './private-network-props';
import { Token } from '../core/private/tokens';
import { refuse, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * The subscription, resource group and region that a stack of Terraform deploys into: one for each stack, and every
 * construct of the stack finds it.
 *
 * It declares the providers, registers the resource providers that the constructs use with the subscription (and leaves
 * them registered at `terraform destroy`, because others may use them), and puts its tags on everything that takes
 * tags. A provider hashicorp/azurerm of yours without an alias, made before this, is taken instead. Costs nothing.
 *
 * Children: `Group`.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/manage-resource-groups-portal
 */
export class AzureResourceGroup extends Construct {
  /** The resource group of a construct's stack. */
  public static of(scope: IConstruct): AzureResourceGroup {
    return resourceGroupOf(scope) as AzureResourceGroup;
  }

  /** Id of the subscription. */
  public readonly subscriptionId: string;
  /** The region. */
  public readonly location: string;
  /** Name of the resource group. */
  public readonly resourceGroupName: string;
  /** ARM id of the resource group. */
  public readonly resourceGroupId: string;
  /** `azapi` or `template`: how what azurerm has no resource for is written. */
  public readonly armRenderer: string;
  /**
   * Name of the group as names are made from it.
   *
   * @internal
   */
  public readonly _groupName: string;
  /**
   * Whether the stack made the group.
   *
   * @internal
   */
  public readonly _isOwn: boolean;
  private readonly namespaces = new Set<string>();
  private readonly tags: { [name: string]: string };
  private givenTenant?: string;
  private chosenNetwork?: INetwork;
  private login?: DataAzurermClientConfig;

  public constructor(scope: Construct, id: string, props: AzureResourceGroupProps) {
    super(scope, id);
    const who: Speaker = speakerFor('azure resource group', scope, id);
    requireProps(who, 'AzureResourceGroupProps', props);
    const stack = stackOf(this, who);
    requireMatch(
      who,
      'subscriptionId',
      props.subscriptionId,
      GUID,
      'the id of a subscription, 00000000-0000-0000-0000-000000000000',
    );
    requireMatch(
      who,
      'location',
      props.location,
      /^[a-z]+\d?$/,
      'a region like westeurope, in lower case and without spaces',
    );
    requireMatch(
      who,
      'resourceGroupName',
      props.resourceGroupName,
      /^[\w().-]{0,89}[\w()-]$/,
      '1 to 90 letters, digits, hyphens, underscores, dots and brackets, without a dot at the end',
    );
    requireMatch(who, 'tenantId', props.tenantId, GUID, 'the id of a tenant, 00000000-0000-0000-0000-000000000000');
    requireMatch(
      who,
      'providerVersion',
      props.providerVersion,
      /^[~><=!0-9., ]+$/,
      "a range of versions like '~> 4.77'",
    );
    if (props.armRenderer !== undefined && !Object.values(ArmRenderer).includes(props.armRenderer)) {
      refuse(who, 'armRenderer', props.armRenderer, 'ArmRenderer.AZAPI or ArmRenderer.TEMPLATE');
    }
    requireTags(who, props.tags ?? {});
    this.subscriptionId = props.subscriptionId;
    this.location = props.location;
    this.armRenderer = props.armRenderer ?? ArmRenderer.AZAPI;
    this.givenTenant = props.tenantId;
    this.chosenNetwork = props.network;
    this.tags = { ...props.tags };
    registerResourceGroup(who, this);
    if (!Token.isUnresolved(props.location) && !REGIONS.includes(props.location)) {
      warn(
        this,
        `${who.what} '${who.name}': region ${props.location} is not in the library's list: is it spelled as Azure has it?`,
      );
    }

    this.declareProvider(stack, props.providerVersion ?? '~> 4.77');
    this._groupName = props.resourceGroupName ?? azureName(this, 'resourceGroup');
    const made =
      props.resourceGroupName === undefined
        ? new ResourceGroup(this, 'Group', { name: this._groupName, location: this.location })
        : undefined;
    this._isOwn = made !== undefined;
    this.resourceGroupName = made?.name ?? this._groupName;
    this.resourceGroupId = made?.id ?? `/subscriptions/${this.subscriptionId}/resourceGroups/${this._groupName}`;
    Aspects.of(stack).add({ visit: (node) => addTags(node, this.tags) });
  }

  /** Id of the tenant. */
  public get tenantId(): string {
    return this.givenTenant ??= this.caller.tenantId;
  }

  /** The network of private resources. */
  public get network(): INetwork {
    return this.chosenNetwork ??= new PrivateNetwork(this, 'Network');
  }

  /**
   * Namespaces that the provider registers, in alphabetical order.
   *
   * @internal
   */
  public get _namespaces(): string[] {
    return [...this.namespaces].sort();
  }

  /**
   * Has the provider register namespaces, `Microsoft.Logic`, with the subscription before it makes anything.
   *
   * @internal
   */
  public _register(...namespaces: string[]): void {
    namespaces.forEach((each) => this.namespaces.add(each));
  }

  /**
   * More tags of everything that takes tags.
   *
   * @internal
   */
  public _addTags(tags: { readonly [name: string]: string }): void {
    requireTags(speakerFor('azure resource group', this), tags);
    Object.assign(this.tags, tags);
  }

  /** The login that deploys. */
  private get caller(): DataAzurermClientConfig {
    return this.login ??= new DataAzurermClientConfig(this, 'Login');
  }

  private declareProvider(stack: TerraformStack, version: string): void {
    stack.addOverride('terraform.required_version', '>= 1.11');
    const existing = stack
      .allProviders()
      .find((each) => each.terraformResourceType === 'azurerm' && each.alias === undefined);
    const provider = existing ?? new AzurermProvider(this, 'Provider', {
      subscriptionId: this.subscriptionId,
      // Storage accounts have no keys here: what lies in them is opened by the deployer's own identity.
      storageUseAzuread: true,
      features: [{
        // What soft delete keeps is data: it is restored, and never purged by a destroy.
        keyVault: [{ purgeSoftDeleteOnDestroy: false, recoverSoftDeletedKeyVaults: true }],
        machineLearning: [{ purgeSoftDeletedWorkspaceOnDestroy: false }],
        logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: false }],
        resourceGroup: [{ preventDeletionIfContainsResources: true }],
        // Else every plan asks the queues of each account for their settings, which takes a role for data and a way
        // into its network.
        storage: [{ dataPlaneAvailable: false }],
      }],
    });
    if (existing === undefined) {
      provider.addOverride('resource_provider_registrations', 'none');
      provider.addOverride('resource_providers_to_register', Lazy.listValue({ produce: () => this._namespaces }));
    }
    stack.addOverride('terraform.required_providers.azurerm', { source: 'hashicorp/azurerm', version });
  }
}
