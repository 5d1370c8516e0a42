import { isNamedLikeSecret } from '../../../src/core/private/secrets';

test.each(['DB_PASSWORD', 'API_KEY', 'CLIENT_SECRET', 'AUTH_TOKEN'])('%s is named like a secret', (name) => {
  expect(isNamedLikeSecret(name)).toBe(true);
});

test.each(['DB_PASSWORD_ARN', 'SECRET_NAME', 'MLOPS_SECRET_WANDB_API_KEY_REF', 'ZENML_SECRETS_STORE_TYPE'])('%s says where or of which kind a secret is', (name) => {
  expect(isNamedLikeSecret(name)).toBe(false);
});
