import { checkBudget } from './cost-budget';
import { checkLabels } from './labels';
import { ENFORCED, LISTED } from './org-policies';
import { checkDuties } from '../../../core/private/duties';
import { requireKnown, requireKnownText } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import {
  refuse,
  refuseBecause,
  requireEmails,
  requireMatch,
  requireUnique,
  Speaker,
} from '../../../core/private/validation';
import { GovernanceGuardrailsProps } from '../../governance-guardrails-props';
import { letsIn } from '../base/regions';

/** The props, and the stack's region where it is known. */
export interface GuardrailsInput extends GovernanceGuardrailsProps {
  readonly region?: string;
}

/** Refuses what Google would refuse later, what would be ignored, and duties that belong apart. */
export function checkGuardrails(who: Speaker, props: GuardrailsInput): void {
  requireKnown(who, props, 'auditRetentionDays');
  requireTexts(who, props, {
    auditServices: 'texts?',
    orgPolicyExemptions: 'texts?',
    allowedLocations: 'texts?',
    cmekServices: 'texts?',
    budgetLabel: 'text?',
  });
  for (const prop of ['auditServices', 'cmekServices', 'orgPolicyExemptions', 'allowedLocations'] as const) {
    requireKnownText(who, prop, props[prop]);
  }
  checkBudget(who, props.budget);
  checkLabels(who, props.tags);
  requireMatch(
    who,
    'billingAccount',
    props.billingAccount,
    /^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/,
    'the id of a billing account like 012345-678901-ABCDEF',
  );
  requireMatch(who, 'budgetCurrency', props.budgetCurrency, /^[A-Z]{3}$/, 'a currency like USD');
  if (props.budgetLabel !== undefined && props.tags?.[props.budgetLabel] === undefined) {
    refuse(who, 'budgetLabel', props.budgetLabel, 'the key of one of the tags');
  }
  for (const prop of ['auditServices', 'cmekServices'] as const) {
    for (const each of props[prop] ?? []) requireMatch(who, prop, each, API, AN_API);
    requireUnique(who, prop, props[prop] ?? []);
  }
  if (props.auditServices?.length === 0) refuse(who, 'auditServices', '[]', 'at least one API');
  requireEmails(who, 'guardrailEmails', props.guardrailEmails);
  requireUnique(who, 'guardrailEmails', props.guardrailEmails ?? []);
  for (const each of props.orgPolicyExemptions ?? []) {
    const known = [...ENFORCED, ...LISTED].sort();
    if (!known.includes(each)) refuse(who, 'orgPolicyExemptions', each, `among ${known.join(', ')}`);
  }
  if (props.allowedLocations?.length === 0) refuse(who, 'allowedLocations', '[]', 'at least one location');
  for (const each of props.allowedLocations ?? []) {
    requireMatch(who, 'allowedLocations', each, /^(in:)?[a-z0-9-]+$/, 'locations like in:europe-west4-locations');
  }
  const { region } = props;
  const reached = (props.allowedLocations ?? []).map((each) =>
    region === undefined ? undefined : letsIn(each, region),
  );
  if (reached.length > 0 && reached.every((each) => each === false)) {
    refuse(
      who,
      'allowedLocations',
      props.allowedLocations,
      `such that ${region} is among them, or the stack's next apply is refused itself`,
    );
  }
  checkOptions(who, props);
  checkSwitches(who, props);
  checkDuties(who, props.roles, props.registry, (one, other) => one.principalId === other.principalId);
}

function checkOptions(who: Speaker, { binaryAuthorization, servicePerimeter }: GuardrailsInput): void {
  if (binaryAuthorization !== undefined) {
    const shapes = { publicKeyPem: 'text', exemptedImages: 'texts?' } as const;
    requireTexts(who, binaryAuthorization, shapes, 'binaryAuthorization.');
    for (const each of binaryAuthorization.exemptedImages ?? []) {
      requireMatch(
        who,
        'binaryAuthorization.exemptedImages',
        each,
        /^[^\s${}%]+$/,
        'images like eu.gcr.io/tools/*',
      );
    }
  }
  if (servicePerimeter !== undefined) {
    const shapes = { accessPolicyId: 'text', restrictedServices: 'texts?', accessLevels: 'texts?' } as const;
    requireTexts(who, servicePerimeter, shapes, 'servicePerimeter.');
  }
  requireMatch(
    who,
    'binaryAuthorization.publicKeyPem',
    binaryAuthorization?.publicKeyPem,
    /^-----BEGIN PUBLIC KEY-----\s[\s\S]+-----END PUBLIC KEY-----\s*$/,
    'a public key in PEM',
  );
  requireMatch(
    who,
    'binaryAuthorization.signatureAlgorithm',
    binaryAuthorization?.signatureAlgorithm,
    /^(RSA_(PSS|SIGN_PKCS1)|ECDSA_P(256|384|521)|EC_SIGN_P(256|384|521))_[A-Z0-9_]+$/,
    'an algorithm like ECDSA_P256_SHA256',
  );
  requireMatch(
    who,
    'servicePerimeter.accessPolicyId',
    servicePerimeter?.accessPolicyId,
    /^\d+$/,
    'the number of an access policy',
  );
  for (const each of servicePerimeter?.restrictedServices ?? []) {
    requireMatch(who, 'servicePerimeter.restrictedServices', each, API, AN_API);
  }
  if (servicePerimeter?.restrictedServices?.length === 0) {
    refuse(who, 'servicePerimeter.restrictedServices', '[]', 'at least one API');
  }
  for (const each of servicePerimeter?.accessLevels ?? []) {
    requireMatch(
      who,
      'servicePerimeter.accessLevels',
      each,
      /^accessPolicies\/\d+\/accessLevels\/\w+$/,
      'levels like accessPolicies/<number>/accessLevels/<name>',
    );
  }
}

/** Props of something that is switched off would be ignored. */
function checkSwitches(who: Speaker, props: GuardrailsInput): void {
  const given = (...names: (keyof GuardrailsInput)[]) =>
    names.find((name) => props[name] !== undefined && props[name] !== false);
  const budget = given('billingAccount', 'budgetCurrency', 'budgetLabel');
  if (props.budget === undefined && budget !== undefined) {
    refuseBecause(who, `${budget} is about the budget, and there is none`);
  }
  const audit = given('auditServices', 'auditRetentionDays', 'auditEndpointCalls', 'auditExemptions', 'auditLocked');
  if (props.auditLog === false && audit !== undefined) {
    refuseBecause(who, `${audit} is about the audit log, and auditLog is false`);
  }
  const cloud = given('guardrailEmails', 'orgPolicies', 'denyPolicy', 'binaryAuthorization', 'servicePerimeter');
  if (props.cloudGuardrails === false && cloud !== undefined) {
    refuseBecause(who, `${cloud} is a guardrail in the cloud, and cloudGuardrails is false`);
  }
  const org = given('orgPolicyExemptions', 'orgPolicyDryRun', 'allowedLocations', 'cmekServices');
  if (!props.orgPolicies && org !== undefined) {
    refuseBecause(who, `${org} is about policies of the organisation, and orgPolicies is not true`);
  }
  if (!props.denyPolicy && props.denyExceptions !== undefined) {
    refuseBecause(who, 'denyExceptions are from the deny policy, and denyPolicy is not true');
  }
}

const API = /^[a-z][a-z0-9-]+$/;
const AN_API = 'APIs without their domain, like storage';
