// The Bluesky network on this machine: directory (PLC), server (PDS) and index (AppView), from npm's @atproto/dev-env.
// Says one line of JSON when it answers. Needs DB_POSTGRES_URL; the folder with node_modules is the working directory.
const { createRequire } = require('node:module')
const path = require('node:path')
const here = createRequire(path.join(process.cwd(), 'package.json'))
const { TestNetwork } = here('@atproto/dev-env')

// TestNetwork asks for the name of a Redis server, yet nothing that runs here connects to it
process.env.REDIS_HOST ||= '127.0.0.1:1'

async function main() {
  const network = await TestNetwork.create({
    dbPostgresSchema: 'bsky',
    pds: { hostname: 'localhost', inviteRequired: false, enableDidDocWithSession: true },
    ozone: { dbPostgresSchema: 'ozone' },
  })
  console.log(JSON.stringify({ pds: network.pds.url, appview: network.bsky.url }))
  process.stdin.on('end', () => process.exit(0)).resume() // whoever started us has gone
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
