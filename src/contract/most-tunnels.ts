/**
 * So many tunnels an address names one by one, a wall's and that of a question to the log. Their ids keep it
 * below the 8 KB that proxies in front of Tandem take for an address.
 */
export const mostTunnels = 200
