/// How a site's server signs who its visitor is, without a library: a JWT with HS256 for the chat with this key. Texts for copying.
export function signingExamples(key: string): Record<"PHP" | "Node" | "Python", string> {
  return {
    PHP: `<?php
function signed(array $person): string {
    $encode = fn (string $data) => rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    $claims = $person + ['aud' => '${key}', 'exp' => time() + 3600];
    $data = $encode(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $encode(json_encode($claims));
    return $data . '.' . $encode(hash_hmac('sha256', $data, getenv('SEVENSALES_IDENTITY_SECRET'), true));
}

// For GET /chat-identity. "sub" is your own id of the customer; name, email and phone may be left out.
$identity = signed(['sub' => '42', 'name' => 'Aigerim', 'email' => 'aigerim@example.kz', 'phone' => '+77011234567']);
`,
    Node: `const { createHmac } = require("node:crypto");

function signed(person) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { ...person, aud: "${key}", exp: Math.floor(Date.now() / 1000) + 3600 };
  const data = encode({ alg: "HS256", typ: "JWT" }) + "." + encode(claims);
  const secret = process.env.SEVENSALES_IDENTITY_SECRET;
  return data + "." + createHmac("sha256", secret).update(data).digest("base64url");
}

// For GET /chat-identity. "sub" is your own id of the customer; name, email and phone may be left out.
const identity = signed({ sub: "42", name: "Aigerim", email: "aigerim@example.kz", phone: "+77011234567" });
`,
    Python: `import base64, hashlib, hmac, json, os, time

def signed(person):
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    claims = {**person, "aud": "${key}", "exp": int(time.time()) + 3600}
    data = encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + encode(json.dumps(claims).encode())
    secret = os.environ["SEVENSALES_IDENTITY_SECRET"].encode()
    return (data + b"." + encode(hmac.digest(secret, data, hashlib.sha256))).decode()

# For GET /chat-identity. "sub" is your own id of the customer; name, email and phone may be left out.
identity = signed({"sub": "42", "name": "Aigerim", "email": "aigerim@example.kz", "phone": "+77011234567"})
`,
  };
}
