/** @see https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/keys */
export interface KeyBody {
  readonly properties: {
    readonly kty?: 'EC' | 'EC-HSM' | 'RSA' | 'RSA-HSM';
    readonly keyOps?: readonly (
      'decrypt' | 'encrypt' | 'import' | 'release' | 'sign' | 'unwrapKey' | 'verify' | 'wrapKey'
    )[];
    readonly keySize?: number;
    readonly curveName?: 'P-256' | 'P-256K' | 'P-384' | 'P-521';
    readonly attributes?: {
      readonly enabled?: boolean;
      readonly exp?: number;
      readonly nbf?: number;
      readonly exportable?: boolean;
    };
    readonly rotationPolicy?: {
      /** Durations in ISO 8601. */
      readonly attributes?: { readonly expiryTime?: string };
      readonly lifetimeActions?: readonly {
        readonly action?: { readonly type?: 'notify' | 'rotate' };
        readonly trigger?: { readonly timeAfterCreate?: string; readonly timeBeforeExpiry?: string };
      }[];
    };
  };
}
