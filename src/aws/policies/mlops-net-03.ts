import { Rule, unless } from '../private/policy-rule';

/** Studio is in its VPC only; a notebook instance has no direct way to the internet and no root. */
export const lockedNotebooks: Rule = {
  policy: 'MLOPS-NET-03',
  types: ['AWS::SageMaker::Domain', 'AWS::SageMaker::NotebookInstance'],
  fix: 'Studio: AppNetworkAccessType VpcOnly; notebook instance: DirectInternetAccess and RootAccess Disabled',
  reasonedBy: ['AwsSolutions-SM3', 'NIST.800.53.R5-SageMakerNotebookNoDirectInternetAccess'],
  check({ type, properties }) {
    const wanted = type === 'AWS::SageMaker::Domain'
      ? { AppNetworkAccessType: 'VpcOnly' }
      : { DirectInternetAccess: 'Disabled', RootAccess: 'Disabled' };
    return unless(Object.entries(wanted).filter(([name, value]) => properties[name] !== value).map(([name, value]) => `${name} is not ${value}`));
  },
};
