"""The tokens known by their shape, one row each: a row here is a rule, its example is its test."""

from __future__ import annotations

import re
from functools import lru_cache

from migrate.detect import checks
from migrate.detect.shapes import Shape
from migrate.model import Confidence, Kind
from migrate.model.lazy_pattern import LazyPattern, any_of

_MEDIUM, _LOW = Confidence.MEDIUM, Confidence.LOW
_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_T, _K, _W, _P, _O = Kind.TOKEN, Kind.API_KEY, Kind.WEBHOOK, Kind.PRIVATE_KEY, Kind.OTHER


def _edge(pattern: str) -> str:
    """Return a pattern that matches only where no letter or digit precedes it.

    It begins with its first character if that is plain: only so does Python's engine pass quickly over all else.
    """
    first = re.match(r"(?:[A-Za-z0-9]|\[[^\]]+\])(?![*+?{])", pattern)
    if first is None:
        return rf"(?<![A-Za-z0-9]){pattern}"
    return rf"{first[0]}(?<![A-Za-z0-9].){pattern[first.end() :]}"


def _behind(texts: str) -> str:
    """Return a pattern that matches nothing, behind any of the texts given."""
    return f"(?:{'|'.join(rf'(?<={re.escape(text)})' for text in texts.split())})"


_NODES = (
    "infura.io/v3/ infura.io/ws/v3/ alchemy.com/v2/ alchemy.com/v3/ alchemyapi.io/v2/ quiknode.pro/ getblock.io/ "
    "ankr.com/eth/ chainstack.com/"
)

# fmt: off
SHAPES: tuple[Shape, ...] = (
    Shape("private-key", "private key in PEM", _P, "PRIVATE",
          r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*", "{pem:0}", checks.is_pem),
    Shape("private-key-base64", "private key in PEM, base64 around it", _P, "LS0tLS1CRUdJTi",
          r"LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]{40,}", "{pem64:0}", checks.is_pem_base64),
    Shape("private-key-der", "private key without its PEM lines", _P, "MIIE MIIC MIIJ MIIG MIIB MIIH",
          r"MII[A-Za-z0-9+/]{2,6}(?:IBAAK|IBADANBgkq|BBADAN)[A-Za-z0-9+/=\s]{60,}",
          "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC{base64:600}"),
    Shape("putty-private-key", "PuTTY private key", _P, "PuTTY-User-Key-File",
          r"PuTTY-User-Key-File-\d:.*", "PuTTY-User-Key-File-2: ssh-rsa{base64:80}"),
    Shape("age-secret-key", "age secret key", _P, "AGE-SECRET-KEY-1",
          r"AGE-SECRET-KEY-1[0-9A-Z]{58}", "AGE-SECRET-KEY-1{upper:58}"),
    Shape("google-service-account", "Google service account, base64", _P, "eyJ0eXBlIjoi ewogICJ0eXBlIjog",
          r"(?:eyJ0eXBlIjoi|ewogICJ0eXBlIjog)c2VydmljZV9hY2NvdW50[A-Za-z0-9+/=\s]{40,}",
          "eyJ0eXBlIjoic2VydmljZV9hY2NvdW50{base64:80}"),
    Shape("github-token", "GitHub token", _T, "ghp_ gho_ ghu_ ghs_ ghr_",
          r"gh[pousr]_[A-Za-z0-9]{36}", "ghp_{crc:36}", checks.has_github_checksum),
    Shape("github-fine-grained-token", "GitHub fine-grained token", _T, "github_pat_",
          r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}", "github_pat_{base62:22}_{base62:59}"),
    Shape("gitlab-token", "GitLab token", _T, "glpat- glptt- gldt- glrt- glsoat- glcbt- glft- glagent- gloas-",
          r"gl(?:pat|ptt|dt|rt|soat|cbt|ft|agent|oas)-[\w-]{20,}", "glpat-{base62:20}"),
    Shape("gitlab-runner-token", "GitLab runner token", _T, "GR1348941",
          r"GR1348941[\w-]{20,}", "GR1348941{base62:20}"),
    Shape("npm-token", "npm token", _T, "npm_", r"npm_[A-Za-z0-9]{36}", "npm_{crc:36}", checks.has_github_checksum),
    Shape("pypi-token", "PyPI token", _T, "pypi-AgE", r"pypi-AgE[\w-]{50,}", "pypi-AgEIcHlwaS5vcmc{base62:60}"),
    Shape("rubygems-key", "RubyGems key", _K, "rubygems_", r"rubygems_[0-9a-f]{48}", "rubygems_{hex:48}"),
    Shape("nuget-key", "NuGet key", _K, "oy2", r"oy2[a-z0-9]{43}", "oy2{base36:43}"),
    Shape("docker-token", "Docker Hub token", _T, "dckr_", r"dckr_(?:pat|oat)_[\w-]{27,}", "dckr_pat_{base62:27}"),
    Shape("artifactory-key", "Artifactory key", _K, "AKCp", r"AKCp[A-Za-z0-9]{60,}", "AKCp{base62:69}"),
    Shape("aws-session-token", "AWS session token", _T, "IQoJb3JpZ2lu",
          r"IQoJb3JpZ2lu[A-Za-z0-9+/=_-]{100,}", "IQoJb3JpZ2lu{base64:200}"),
    Shape("aws-bedrock-key", "AWS Bedrock key", _K, "ABSK", r"ABSK[A-Za-z0-9+/]{100,}={0,2}", "ABSK{base64:120}"),
    Shape("google-api-key", "Google API key", _K, "AIza", r"AIza[\w-]{35}", "AIza{base62:35}"),
    Shape("google-oauth-secret", "Google OAuth client secret", _O, "GOCSPX-",
          r"GOCSPX-[\w-]{28}", "GOCSPX-{base62:28}"),
    Shape("google-access-token", "Google access token", _T, "ya29.", r"ya29\.[\w-]{40,}", "ya29.{base62:80}"),
    Shape("google-refresh-token", "Google refresh token", _T, "1//0", r"1//0[\w-]{40,}", "1//0{base62:60}"),
    Shape("firebase-server-key", "Firebase server key", _K, ":APA91b",
          r"[\w-]{11,40}:APA91b[\w-]{100,}", "AAAA{base62:7}:APA91b{base62:134}"),
    Shape("azure-client-secret", "Azure client secret", _O, "Q~",
          r"[\w.~-]{3}\dQ~[\w.~-]{31,34}", "{base62:3}8Q~{base62:34}"),
    Shape("azure-sas-signature", "Azure shared access signature", _T, "sig=",
          r"(?<=sig=)[A-Za-z0-9%+/]{40,}(?:%3[Dd]|=)",
          "https://x.blob.core.windows.net/c?sv=2020-08-04&sig={base62:43}%3D"),
    Shape("azure-devops-token", "Azure DevOps token", _T, "AZDO",
          r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", "{base62:76}AZDO{base62:4}"),
    Shape("slack-token", "Slack token", _T, "xox",
          r"xox[abeoprs](?:\.xox[bp])?-[\w-]{10,}", "xoxb-{digits:12}-{digits:12}-{base62:24}"),
    Shape("slack-app-token", "Slack app token", _T, "xapp-",
          r"xapp-\d-[A-Z0-9]+-\d+-[0-9a-f]{32,}", "xapp-1-A{upper:10}-{digits:13}-{hex:64}"),
    Shape("slack-webhook", "Slack webhook", _W, "hooks.slack",
          r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{16,}",
          "https://hooks.slack.com/services/T{upper:8}/B{upper:8}/{base62:24}"),
    Shape("slack-webhook-path", "Slack webhook without its host", _W, "/B",
          r"(?:/?services/)?T[A-Z0-9]{7,11}/B[A-Z0-9]{7,11}/[A-Za-z0-9]{20,26}", "T{upper:8}/B{upper:8}/{base62:24}"),
    Shape("discord-webhook", "Discord webhook", _W, "/api/webhooks/",
          r"https?://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{50,}",
          "https://discord.com/api/webhooks/{digits:18}/{base62:68}"),
    Shape("discord-bot-token", "Discord bot token", _T, "MT Mj Mz ND NT Nj Nz OD OT",
          _edge(r"[MNO][A-Za-z0-9]{23,27}\.[\w-]{6}\.[\w-]{27,38}"),
          "{snowflake:18}.{base62:6}.{base62:38}",
          checks.is_discord),
    Shape("teams-webhook", "Microsoft Teams webhook", _W, "office.com office365.com",
          r"https?://[\w.-]*(?:webhook\.office\.com|outlook\.office(?:365)?\.com)/webhook\w*/[\w@/-]{60,}",
          "https://acme.webhook.office.com/webhookb2/{uuid:0}@{uuid:0}/IncomingWebhook/{hex:32}/{uuid:0}"),
    Shape("zapier-webhook", "Zapier webhook", _W, "hooks.zapier.com",
          r"https?://hooks\.zapier\.com/hooks/catch/\d+/\w+/?",
          "https://hooks.zapier.com/hooks/catch/{digits:6}/{base36:6}/"),
    Shape("google-chat-webhook", "Google Chat webhook", _W, "chat.googleapis.com",
          r"https?://chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?\S*(?:key|token)=[\w%-]{20,}\S*",
          "https://chat.googleapis.com/v1/spaces/{base62:11}/messages?key={base62:39}&token={base62:43}"),
    Shape("ifttt-webhook", "IFTTT webhook", _W, "maker.ifttt.com",
          r"https?://maker\.ifttt\.com/\S{0,200}/key/[\w-]{20,}", "https://maker.ifttt.com/trigger/x/with/key/{base62:43}"),
    Shape("telegram-bot-token", "Telegram bot token", _T, ":AA",
          r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])", "{digits:10}:AA{base62:33}"),
    Shape("stripe-key", "Stripe secret key", _K, "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_",
          _edge(r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}"), "sk_test_{base62:24}"),
    Shape("stripe-webhook-secret", "Stripe webhook secret", Kind.SIGNING_SECRET, "whsec_",
          r"whsec_[A-Za-z0-9+/]{24,}=*", "whsec_{base62:32}"),
    Shape("square-token", "Square token", _T, "sq0", r"sq0(?:atp|csp|idb)-[\w-]{22,}", "sq0atp-{base62:22}"),
    Shape("square-access-token", "Square access token", _T, "EAAA",
          _edge(r"EAAA[\w-]{60}(?![\w-])"), "EAAA{base62:60}"),
    Shape("braintree-token", "Braintree access token", _T, "access_token$",
          r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}",
          "access_token$production${base36:16}${hex:32}"),
    Shape("blockchain-node-key", "key of a blockchain node in its URL", _K,
          "infura.io/ alchemy.com/ alchemyapi.io/ quiknode.pro/ getblock.io/ ankr.com/ chainstack.com/",
          _behind(_NODES) + r"[A-Za-z0-9_-]{32,}", "https://mainnet.infura.io/v3/{hex:32}"),
    Shape("plaid-token", "Plaid access token", _T, "access-",
          rf"access-(?:sandbox|development|production)-{_UUID}", "access-sandbox-{uuid:0}"),
    Shape("flutterwave-key", "Flutterwave secret key", _K, "FLWSECK",
          r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?", "FLWSECK-{hex:32}-X"),
    Shape("mercadopago-token", "Mercado Pago token", _T, "APP_USR-",
          r"APP_USR-\d{10,}-\d{6}-\w{32}(?:-\d+)?", "APP_USR-{digits:16}-{digits:6}-{hex:32}-{digits:9}"),
    Shape("mollie-key", "Mollie key", _K, "live_", _edge(r"live_[A-Za-z0-9]{30,40}(?!\w)"), "live_{base62:30}"),
    Shape("shippo-token", "Shippo token", _T, "shippo_", r"shippo_(?:live|test)_[0-9a-f]{40}", "shippo_test_{hex:40}"),
    Shape("easypost-key", "EasyPost key", _K, "EZAK EZTK", _edge(r"EZ[AT]K[A-Za-z0-9]{54}"), "EZAK{base62:54}"),
    Shape("shopify-token", "Shopify token", _T, "shpat_ shpca_ shppa_ shpss_ shpua_",
          r"shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32}", "shpat_{hex:32}"),
    Shape("sendgrid-key", "SendGrid key", _K, "SG.",
          _edge(r"SG\.[\w-]{16,32}\.[\w-]{16,64}"), "SG.{base62:22}.{base62:43}"),
    Shape("mailgun-key", "Mailgun key", _K, "key-", _edge(r"key-[0-9a-z]{32}(?!\w)"), "key-{hex:32}"),
    Shape("mailchimp-key", "Mailchimp key", _K, "-us", _edge(r"[0-9a-f]{32}-us\d{1,2}(?!\w)"), "{hex:32}-us12"),
    Shape("mandrill-key", "Mandrill key", _K, "md-", _edge(r"md-[\w-]{22}(?![\w-])"), "md-{base62:22}"),
    Shape("brevo-key", "Brevo key", _K, "xkeysib- xsmtpsib-",
          r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}", "xkeysib-{hex:64}-{base62:16}"),
    Shape("resend-key", "Resend key", _K, "re_",
          _edge(r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,24}(?!\w)"), "re_{base62:8}_{base62:24}"),
    Shape("twilio-auth", "Twilio credentials in a URL", _T, "api.twilio.com",
          r"(?<=://)AC[0-9a-f]{32}:[0-9a-f]{32}(?=@api\.twilio\.com)", "https://AC{hex:32}:{hex:32}@api.twilio.com"),
    Shape("openai-key", "OpenAI key", _K, "sk-",
          _edge(r"sk-(?:(?:proj|svcacct|admin)-[\w-]{60,}|[\w-]{20,200}T3BlbkFJ[\w-]{20,200}|[A-Za-z0-9]{48}(?!\w))"),
          "sk-{base62:20}T3BlbkFJ{base62:20}"),
    Shape("anthropic-key", "Anthropic key", _K, "sk-ant-",
          r"sk-ant-(?:api|admin|sid|oat)\d\d-[\w-]{40,}", "sk-ant-api03-{base62:93}AA"),
    Shape("openrouter-key", "OpenRouter key", _K, "sk-or-", r"sk-or-v1-[0-9a-f]{64}", "sk-or-v1-{hex:64}"),
    Shape("huggingface-token", "Hugging Face token", _T, "hf_", _edge(r"hf_[A-Za-z]{34}(?!\w)"), "hf_{letters:34}"),
    Shape("replicate-token", "Replicate token", _T, "r8_", _edge(r"r8_[A-Za-z0-9]{37}(?!\w)"), "r8_{base62:37}"),
    Shape("groq-key", "Groq key", _K, "gsk_", r"gsk_[A-Za-z0-9]{52}", "gsk_{base62:52}"),
    Shape("xai-key", "xAI key", _K, "xai-", _edge(r"xai-[A-Za-z0-9]{70,}"), "xai-{base62:80}"),
    Shape("perplexity-key", "Perplexity key", _K, "pplx-", r"pplx-[A-Za-z0-9]{48}", "pplx-{base62:48}"),
    Shape("pinecone-key", "Pinecone key", _K, "pcsk_", r"pcsk_[A-Za-z0-9_]{50,}", "pcsk_{base62:6}_{base62:63}"),
    Shape("langsmith-key", "LangSmith key", _K, "lsv2_",
          r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", "lsv2_pt_{hex:32}_{hex:10}"),
    Shape("tavily-key", "Tavily key", _K, "tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}", "tvly-{base62:32}"),
    Shape("newrelic-key", "New Relic key", _K, "NRAK- NRII- NRAA- NRIQ- NRRA-",
          _edge(r"NR(?:AK|II|AA|IQ|RA)-[A-Za-z0-9_-]{27,32}"), "NRAK-{upper:27}"),
    Shape("newrelic-license-key", "New Relic licence key", _K, "NRAL",
          r"(?:eu01xx)?[0-9a-f]{30,36}(?:FFFF)?NRAL", "{hex:36}NRAL"),
    Shape("sentry-token", "Sentry token", _T, "sntrys_ sntryu_", r"sntry[su]_[A-Za-z0-9+/=_-]{40,}", "sntryu_{hex:64}"),
    Shape("sentry-dsn-secret", "Sentry DSN with its secret", _O, "sentry",
          r"(?<=://)[0-9a-f]{32}:[0-9a-f]{32}(?=@(?:[\w.-]*sentry))", "https://{hex:32}:{hex:32}@sentry.io/{digits:6}"),
    Shape("dynatrace-token", "Dynatrace token", _T, "dt0c01.",
          r"dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}", "dt0c01.{upper:24}.{upper:64}"),
    Shape("grafana-token", "Grafana token", _T, "glc_ glsa_",
          _edge(r"(?:glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8})"), "glsa_{base62:32}_{hex:8}"),
    Shape("honeycomb-key", "Honeycomb key", _K, "hca", r"hca[a-z]{2}_[a-z0-9]{58}", "hcaik_{base36:58}"),
    Shape("sonar-token", "Sonar token", _T, "sqp_ squ_ sqa_", _edge(r"sq[pua]_[0-9a-f]{40}"), "sqp_{hex:40}"),
    Shape("launchdarkly-key", "LaunchDarkly key", _K, "sdk- api-",
          _edge(rf"(?:sdk|api)-{_UUID}(?!\w)"), "sdk-{uuid:0}"),
    Shape("atlassian-token", "Atlassian token", _T, "ATATT3xFf ATCTT3xFf ATBB",
          _edge(r"AT(?:ATT3xFf|CTT3xFf|BB)[\w=-]{24,}"), "ATATT3xFf{base62:180}"),
    Shape("linear-key", "Linear key", _K, "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{40,}", "lin_api_{base62:40}"),
    Shape("notion-token", "Notion token", _T, "secret_", _edge(r"secret_[A-Za-z0-9]{43}(?!\w)"), "secret_{base62:43}"),
    Shape("notion-token-2", "Notion token", _T, "ntn_", r"ntn_[A-Za-z0-9]{40,}", "ntn_{base62:46}"),
    Shape("airtable-token", "Airtable token", _T, "pat",
          _edge(r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"), "pat{base62:14}.{hex:64}"),
    Shape("airtable-key", "Airtable key", _K, "key",
          _edge(r"key(?=[A-Za-z]*\d)(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{14}(?![\w-])"),
          "key{base62:12}A1",
          None,
          _MEDIUM),
    Shape("figma-token", "Figma token", _T, "figd_ figo_ figu_ figh_",
          _edge(r"fig[douh]_[\w-]{40,}"), "figd_{base62:43}"),
    Shape("postman-key", "Postman key", _K, "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-{hex:24}-{hex:34}"),
    Shape("dropbox-token", "Dropbox token", _T, "sl.", _edge(r"sl\.(?:u\.)?[\w-]{130,}"), "sl.{base62:136}"),
    Shape("hubspot-token", "HubSpot token", _T, "pat-", _edge(rf"pat-(?:na|eu)\d-{_UUID}"), "pat-na1-{uuid:0}"),
    Shape("typeform-token", "Typeform token", _T, "tfp_", r"tfp_[\w.-]{40,}", "tfp_{base62:44}"),
    Shape("contentful-token", "Contentful token", _T, "CFPAT-", r"CFPAT-[\w-]{43}", "CFPAT-{base62:43}"),
    Shape("databricks-token", "Databricks token", _T, "dapi", _edge(r"dapi[0-9a-f]{32}(?:-\d)?"), "dapi{hex:32}"),
    Shape("doppler-token", "Doppler token", _T, "dp.",
          _edge(r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?[A-Za-z0-9]{40,44}"), "dp.pt.{base62:43}"),
    Shape("vault-token", "HashiCorp Vault token", _T, "hvs. hvb. hvr.",
          _edge(r"hv[sbr]\.[\w-]{24,}"), "hvs.{base62:90}"),
    Shape("terraform-token", "Terraform Cloud token", _T, ".atlasv1.",
          r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}", "{base62:14}.atlasv1.{base62:67}"),
    Shape("pulumi-token", "Pulumi token", _T, "pul-", _edge(r"pul-[0-9a-f]{40}"), "pul-{hex:40}"),
    Shape("planetscale-token", "PlanetScale token", _T, "pscale_",
          r"pscale_(?:pw|tkn|oauth)_[\w=.-]{32,}", "pscale_pw_{base62:43}"),
    Shape("supabase-token", "Supabase token", _T, "sbp_ sb_secret_",
          _edge(r"(?:sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,})"), "sbp_{hex:40}"),
    Shape("neon-key", "Neon key", _K, "napi_", r"napi_[a-z0-9]{60,}", "napi_{base36:64}"),
    Shape("digitalocean-token", "DigitalOcean token", _T, "dop_v1_ doo_v1_ dor_v1_",
          r"do[opr]_v1_[0-9a-f]{64}", "dop_v1_{hex:64}"),
    Shape("heroku-key", "Heroku key", _K, "HRKU-", rf"HRKU-(?:{_UUID}|[\w-]{{60,}})", "HRKU-{uuid:0}"),
    Shape("netlify-token", "Netlify token", _T, "nfp_", r"nfp_[A-Za-z0-9]{36,}", "nfp_{base62:36}"),
    Shape("fly-token", "Fly.io token", _T, "FlyV1", r"FlyV1 fm\d_[\w+/=,-]{60,}", "FlyV1 fm2_{base62:100}"),
    Shape("tailscale-key", "Tailscale key", _K, "tskey-",
          r"tskey-(?:\w+-)?\w{8,}-?[A-Za-z0-9]{16,}", "tskey-auth-{base62:12}-{base62:32}"),
    Shape("cloudflare-origin-ca-key", "Cloudflare origin CA key", _K, "v1.0-",
          _edge(r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"), "v1.0-{hex:24}-{hex:146}"),
    Shape("buildkite-token", "Buildkite token", _T, "bkua_", r"bkua_[0-9a-f]{40}", "bkua_{hex:40}"),
    Shape("circleci-token", "CircleCI token", _T, "CCIPAT_ CCIPRJ_",
          r"CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}", "CCIPAT_{base62:22}_{hex:40}"),
    Shape("sourcegraph-token", "Sourcegraph token", _T, "sgp_",
          r"sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}", "sgp_{hex:40}"),
    Shape("duffel-token", "Duffel token", _T, "duffel_", r"duffel_(?:test|live)_[\w=-]{43}", "duffel_test_{base62:43}"),
    Shape("readme-key", "ReadMe key", _K, "rdme_", r"rdme_[a-z0-9]{70}", "rdme_{base36:70}"),
    Shape("onepassword-token", "1Password service account token", _T, "ops_eyJ",
          r"ops_eyJ[A-Za-z0-9+/=_-]{100,}", "ops_eyJ{base62:250}"),
    Shape("facebook-token", "Facebook token", _T, "EAA",
          _edge(r"EAA(?:CEdEose0cBA|[A-Z])[A-Za-z0-9]{80,}"), "EAAB{base62:160}"),
    Shape("twitter-bearer-token", "Twitter bearer token", _T, "AAAAAAAAAAAAAAAAAAAAA",
          r"A{20,22}[A-Za-z0-9%]{60,}", "AAAAAAAAAAAAAAAAAAAAA{base62:90}"),
    Shape("mapbox-secret-token", "Mapbox secret token", _T, "sk.eyJ",
          _edge(r"sk\.eyJ[\w-]{20,}\.[\w-]{20,}"), "sk.eyJ{base62:60}.{base62:22}"),
    Shape("expo-token", "Expo push token", _T, "ExponentPushToken",
          r"ExponentPushToken\[[\w-]{20,}\]", "ExponentPushToken[{base62:22}]", None, _LOW),
    Shape("npmrc-auth", "npm registry token", _T, "_authToken=",
          r"(?<=_authToken=)[\w-]{20,}", "//registry.npmjs.org/:_authToken={uuid:0}"),
    Shape("json-web-token", "signed web token (JWT)", _T, "eyJ eyI",
          _edge(r"ey[JI][\w-]{10,2000}\.ey[JI][\w-]{10,8000}\.[\w-]{16,2000}"), "{jwt:0}", checks.is_jwt),
)
# fmt: on


@lru_cache(maxsize=8192)
def present(text: str) -> tuple[Shape, ...]:
    """Return the shapes that a text may hold, by their anchors."""
    if _ANCHOR.search(text) is None:  # as in most
        return ()
    runs = _runs(text)
    found = {shape.id for anchor, shape in _IN_A_RUN if anchor in runs}
    found |= {shape.id for anchor, shape in _SPREAD if anchor in text}
    return tuple(shape for shape in SHAPES if shape.id in found) if found else ()


def _runs(text: str) -> str:
    """Return the runs without blanks that are long enough for a token."""
    return "\n".join({run for run in text.split() if len(run) >= SHORTEST})


def may_spread(shape: Shape) -> bool:
    """Return whether such a token may hold blanks.

    All others are one run of characters, none shorter than `SHORTEST`.
    """
    return any(blank in shape.pattern for blank in (" ", r"\s", ".*"))


SHORTEST = 15
_ANCHORED = [(anchor, shape) for shape in SHAPES for anchor in shape.anchors.split()]
_IN_A_RUN = [(anchor, shape) for anchor, shape in _ANCHORED if not may_spread(shape)]
_SPREAD = [(anchor, shape) for anchor, shape in _ANCHORED if may_spread(shape)]
_ANCHOR = LazyPattern(any_of(anchor for anchor, _ in _ANCHORED))
