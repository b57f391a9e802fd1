import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_clientAuth,
  id_kp_serverAuth,
} from '@peculiar/asn1-x509';

/** A certificate authority that lives as long as this object: its key is never written, so nobody can sign more. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(name: string, use: CertificateUse): { readonly certificate: string; readonly key: string };
}

export interface CertificateUse {
  readonly server: boolean;
  readonly client: boolean;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Ten years, in milliseconds: a cluster on one machine is rebuilt long before, and nothing renews certificates. */
const lifetimeMs = 10 * 365 * 24 * 3_600_000;
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const commonName = '2.5.4.3';

/** @param now Milliseconds since the epoch; certificates are valid from an hour before, for clocks that are set back. */
export function createAuthority(name: string, now: number): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authority = { issuer: name, key: privateKey, now };
  return {
    certificate: signCertificate(authority, name, publicKey, [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
    ]),
    issue: (subject, use) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const purposes = [...(use.server ? [id_kp_serverAuth] : []), ...(use.client ? [id_kp_clientAuth] : [])];
      const names = [
        ...use.dnsNames.map((dNSName) => new GeneralName({ dNSName })),
        ...use.ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
      ];
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        certificate: signCertificate(authority, subject, pair.publicKey, [
          extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
          extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
          extension(id_ce_extKeyUsage, new ExtendedKeyUsage(purposes), false),
          ...(names.length > 0
            ? [extension(id_ce_subjectAltName, new SubjectAlternativeName(names), false)]
            : []),
        ]),
      };
    },
  };
}

function signCertificate(
  { issuer, key, now }: { issuer: string; key: KeyObject; now: number },
  subject: string,
  publicKey: KeyObject,
  extensions: Extension[],
): string {
  const serialNumber = randomBytes(16);
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40; // positive, and no leading zero that DER would forbid
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: toArrayBuffer(serialNumber),
    signature: algorithm,
    issuer: nameOf(issuer),
    subject: nameOf(subject),
    validity: new Validity({ notBefore: new Date(now - 3_600_000), notAfter: new Date(now + lifetimeMs) }),
    subjectPublicKeyInfo: AsnConvert.parse(
      publicKey.export({ type: 'spki', format: 'der' }),
      SubjectPublicKeyInfo,
    ),
    extensions: new Extensions(extensions),
  });
  const signatureValue = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), key);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: toArrayBuffer(signatureValue),
  });
  const lines =
    Buffer.from(AsnConvert.serialize(certificate))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(name: string): Name {
  const value = new AttributeValue({ utf8String: name });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])]);
}

function extension(extnID: string, value: object, critical: boolean): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
