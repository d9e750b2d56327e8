/**
 * The commands that make a machine a replica of a tunnel. Source: Cloudflare's WARP Connector guide (the commands that
 * its dashboard shows) and pkg.cloudflareclient.com.
 */

export type InstallStep = { id: string; title: string; command: string }
export type Distribution = 'debian' | 'rhel'

export const distributions: readonly { value: Distribution; label: string }[] = [
  { value: 'debian', label: 'Debian, Ubuntu' },
  { value: 'rhel', label: 'RHEL, CentOS' },
]

/** Without it a connector is connected and carries nothing for its network. IPv6 routers stay heard: `accept_ra`. */
const forward: InstallStep = {
  id: 'forward',
  title: 'Forward traffic',
  command:
    "printf 'net.ipv4.ip_forward = 1\\nnet.ipv6.conf.all.forwarding = 1\\nnet.ipv6.conf.all.accept_ra = 2\\n' | sudo tee /etc/sysctl.d/99-zzz-cloudflare-warp-connector.conf && sudo sysctl --system",
}

export const installSteps: Record<Distribution, readonly InstallStep[]> = {
  debian: [
    {
      id: 'key',
      title: 'Trust Cloudflare’s signing key',
      command:
        'curl -fsSL https://pkg.cloudflareclient.com/pubkey.gpg | sudo gpg --yes --dearmor --output /usr/share/keyrings/cloudflare-warp-archive-keyring.gpg',
    },
    {
      id: 'repository',
      title: 'Add the package repository',
      command:
        'echo "deb [signed-by=/usr/share/keyrings/cloudflare-warp-archive-keyring.gpg] https://pkg.cloudflareclient.com/ $(. /etc/os-release && echo $VERSION_CODENAME) main" | sudo tee /etc/apt/sources.list.d/cloudflare-client.list',
    },
    {
      id: 'install',
      title: 'Install the client',
      command: 'sudo apt-get update && sudo apt-get install cloudflare-warp',
    },
    forward,
  ],
  rhel: [
    {
      id: 'repository',
      title: 'Add the package repository',
      command:
        'curl -fsSl https://pkg.cloudflareclient.com/cloudflare-warp-ascii.repo | sudo tee /etc/yum.repos.d/cloudflare-warp.repo',
    },
    {
      id: 'install',
      title: 'Install the client',
      command: 'sudo yum update && sudo yum install cloudflare-warp',
    },
    forward,
  ],
}

/** The last step: it holds the token, so it is built only where it is shown or copied. */
export const joinCommand = (token: string): string =>
  `sudo warp-cli connector new ${token} && sudo warp-cli connect`
