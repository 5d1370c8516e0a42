import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../private/policy-rule';

/** Where there is data, a trail records who reads and writes it. */
export const trailPresent: PresenceRule = {
  policy: 'MLOPS-LOG-03',
  fix: 'switch on auditLog',
  checkAll(around) {
    if (!around.has('AWS::S3::Bucket', 'AWS::SageMaker::FeatureGroup')) return NOT_APPLICABLE;
    const recorded = around.ofType('AWS::CloudTrail::Trail').some(({ properties }) =>
      JSON.stringify([properties.AdvancedEventSelectors, properties.EventSelectors]).includes('AWS::S3::Object'));
    return recorded ? COMPLIANT : violation('no AWS::CloudTrail::Trail records data events of buckets');
  },
};
