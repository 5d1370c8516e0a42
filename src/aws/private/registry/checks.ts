import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { requireTexts } from '../../../core/private/texts';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { ModelRegistryProps, PromotionStage } from '../../model-registry-props';

/** The stages of other accounts; those of this account need nothing from the registry. */
export function promotionStages(scope: Construct, who: Speaker, { promotion }: ModelRegistryProps): PromotionStage[] {
  if (promotion === undefined) return [];
  if (promotion.stages.length === 0) refuse(who, 'promotion.stages', promotion.stages.length, 'at least one stage');
  const names = new Set<string>();
  for (const { name, account } of promotion.stages) {
    requireTexts(who, { name, account }, { name: 'text', account: 'text' }, 'promotion.stages.');
    requireMatch(who, 'promotion.stages.name', name, STAGE, STAGE_IN_WORDS);
    requireMatch(who, 'promotion.stages.account', account, ACCOUNT, ACCOUNT_IN_WORDS);
    if (names.has(name)) refuse(who, 'promotion.stages.name', name, 'another for each stage');
    names.add(name);
  }
  return promotion.stages.filter(({ account }) => account !== Stack.of(scope).account);
}

/** The accounts besides this one, each once. */
export function consumers(
  scope: Construct,
  who: Speaker,
  props: ModelRegistryProps,
  stages: PromotionStage[],
): string[] {
  requireTexts(who, props, { consumerAccounts: 'texts?' });
  for (const account of props.consumerAccounts ?? []) {
    requireMatch(who, 'consumerAccounts', account, ACCOUNT, ACCOUNT_IN_WORDS);
  }
  const named = [...(props.consumerAccounts ?? []), ...stages.map(({ account }) => account)];
  const accounts = [...new Set(named)].filter((account) => account !== Stack.of(scope).account);
  if (accounts.length > 0 && props.data === undefined) {
    const prop = props.consumerAccounts === undefined ? 'promotion' : 'consumerAccounts';
    refuseBecause(
      who,
      `${prop} needs data, the lake with the files of the versions: without the files a version cannot be served`,
    );
  }
  if (props.repositories !== undefined && accounts.length === 0) {
    refuseBecause(
      who,
      'repositories is for other accounts: give promotion or consumerAccounts as well, or leave it out',
    );
  }
  return accounts;
}

/** Id of an account. */
export const ACCOUNT = /^\d{12}$/;

export const ACCOUNT_IN_WORDS = 'accounts of twelve digits';

/** Name of a stage. */
export const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/;

export const STAGE_IN_WORDS = 'letters, digits and hyphens, at most 32';
