import { mustBe } from '../private/policy/property-checks';
import { Rule, worst } from '../private/policy/rule';

/** Studio is in its VPC only; a notebook instance has no direct way to the internet and no root. */
export const lockedNotebooks: Rule = {
  policy: 'MLOPS-NET-03',
  types: ['AWS::SageMaker::Domain', 'AWS::SageMaker::NotebookInstance'],
  fix: 'Studio: AppNetworkAccessType VpcOnly; notebook instance: DirectInternetAccess and RootAccess Disabled',
  reasonedBy: [
    ['AwsSolutions-SM3', 'AWS::SageMaker::NotebookInstance'], ['NIST.800.53.R5-SageMakerNotebookNoDirectInternetAccess', 'AWS::SageMaker::NotebookInstance'],
  ],
  check({ type, properties }) {
    const wanted = type === 'AWS::SageMaker::Domain'
      ? { AppNetworkAccessType: 'VpcOnly' }
      : { DirectInternetAccess: 'Disabled', RootAccess: 'Disabled' };
    return worst(
      Object.entries(wanted).map(([name, value]) => mustBe(properties, name, value, `${name} is not ${value}`)),
    );
  },
};
