import { Construct } from 'constructs';
import { IFeatureGroup } from './feature-group-props';
import { IFeatureStore } from './feature-store-props';
import { refuse, speakerFor } from '../core/private/validation';

/**
 * A store of another stack or tool, by its groups.
 *
 * @internal
 */
export class ImportedFeatureStore extends Construct implements IFeatureStore {
  public constructor(
    scope: Construct,
    id: string,
    private readonly groups: { readonly [name: string]: IFeatureGroup },
  ) {
    super(scope, id);
  }

  public featureGroup(name: string): IFeatureGroup {
    return (
      this.groups[name] ??
      refuse(speakerFor('feature store', this), 'featureGroup', name, `one of ${Object.keys(this.groups).join(', ')}`)
    );
  }
}
