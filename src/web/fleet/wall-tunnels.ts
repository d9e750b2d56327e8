/**
 * So many tunnels a wall's address names one by one. Their ids keep it below the 8 KB that proxies in front
 * of Tandem take for an address.
 */
export const mostTunnels = 200
