import { listed } from '../private/policy/iam-statements';
import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../private/policy/rule';

/** Where there is data, a trail records who reads and writes it. */
export const trailPresent: PresenceRule = {
  policy: 'MLOPS-LOG-03',
  fix: 'switch on auditLog',
  checkAll(around) {
    if (!around.has('AWS::S3::Bucket', 'AWS::SageMaker::FeatureGroup')) return NOT_APPLICABLE;
    const recorded = around
      .ofType('AWS::CloudTrail::Trail')
      .some(
        ({ properties }) =>
          listed(properties.AdvancedEventSelectors).some(recordsObjects) ||
          listed(properties.EventSelectors).some(recordsObjectsSimply),
      );
    return recorded ? COMPLIANT : violation('no AWS::CloudTrail::Trail records data events of buckets');
  },
};

/** Reads and writes of objects: a field `readOnly` would leave one of them out. */
function recordsObjects(selector: any): boolean {
  const fields = listed(selector.FieldSelectors) as { Field?: string; Equals?: unknown }[];
  return (
    fields.some(
      ({ Field: field, Equals: values }) => field === 'resources.type' && listed(values).includes('AWS::S3::Object'),
    ) && !fields.some(({ Field: field }) => field === 'readOnly')
  );
}

function recordsObjectsSimply(selector: any): boolean {
  return (
    (selector.ReadWriteType ?? 'All') === 'All' &&
    listed(selector.DataResources).some((each: any) => each.Type === 'AWS::S3::Object')
  );
}
