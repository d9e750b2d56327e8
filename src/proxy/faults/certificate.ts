/**
 * A self-signed certificate for `localhost` with its key, made for one test and good for nothing else:
 * that nobody vouches for it is the point.
 */
export const selfSigned = {
  key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIDdwsKjDxMSF+fsOKkUjV+eUooo+4xoMcastDKADtlIqoAoGCCqGSM49
AwEHoUQDQgAE4xXYXiQCwXzaRiMxdAPkX6zCB6heWiKRG+TOqJ3bkax7FkHULWzc
wAITi7y10u06dTgwvu61+wQcOzm/YmGQiw==
-----END EC PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUYm98n+3f7T1Vy5cXLKcA7xqZ5s0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDA0MjI0OVoYDzIxMjYxMDMx
MDQyMjQ5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATjFdheJALBfNpGIzF0A+RfrMIHqF5aIpEb5M6onduRrHsWQdQtbNzA
AhOLvLXS7Tp1ODC+7rX7BBw7Ob9iYZCLo1MwUTAdBgNVHQ4EFgQU9YMwfNlgbwsd
GCXNZ1pl+TTlvgwwHwYDVR0jBBgwFoAU9YMwfNlgbwsdGCXNZ1pl+TTlvgwwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB/sEsKfj9IJqB0WylnGs27
mNDYfCSuAPAT+KuicCwfZQIgCuQbmxF9lAv1hfdsQ8L7H9oIpy9BRKO17mBDSUah
5Hs=
-----END CERTIFICATE-----
`,
}
