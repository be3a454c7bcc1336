"""Words that qualify a name (which of several secrets, or whose) and leave its meaning as it is."""

from __future__ import annotations

from migrate.detect.name_words import vocabulary
from migrate.model.stages import STAGES

# After the phrase these only distinguish several: `DB_PASSWORD_PROD`, `apiKey2`, `PASS_DEFAULT`.
_QUALIFIERS = STAGES | vocabulary(
    "pro sit localhost offline preproduction preview canary default defaults devel feature hotfix master main release "
    "nonprod loadtest perf pre homolog homologacao hml global common shared base docker latest edge blue green"
)
NEUTRAL_WORDS = _QUALIFIERS | vocabulary(
    "value val string str text plain plaintext raw old new current previous next primary secondary backup "
    "fallback admin root master slave replica read write readonly ro rw b64 base64 base encoded decoded v1 v2 v3 "
    "eu us ap uk one two first second here content data literal"
)

# After a password's phrase these name its owner: `SENHA_BANCO`, `PASSWORD_SMTP`.
OWNERS = vocabulary(
    "db bd bdd bbdd database banco datos dados mysql postgres postgresql pg mongo mongodb redis smtp correo mail ftp "
    "sftp ssh rds sql gmail api app"
)

# `<whose>_KEY`: what these hand out under the name of a mere "key" is an API key.
VENDORS = vocabulary(
    "stripe sendgrid mailgun mailchimp mandrill twilio google firebase gcp algolia pusher pubnub openai anthropic "
    "claude gemini deepl airtable notion hubspot salesforce zendesk intercom segment mixpanel amplitude datadog "
    "dd newrelic rollbar bugsnag honeycomb loggly sumologic logdna github gitlab bitbucket slack discord telegram "
    "line zoom plaid dwolla paypal braintree square adyen razorpay paystack flutterwave mollie conekta "
    "mercadopago shopify contentful sanity prismic cloudinary imgix fcm gcm apns onesignal braze klaviyo "
    "sparkpost postmark sendinblue brevo mailjet nexmo vonage plivo messagebird clearbit hunter ipstack ipinfo "
    "openweather openweathermap weather darksky mapbox tomtom foursquare yelp tmdb omdb giphy unsplash pexels "
    "youtube spotify lastfm twitter facebook fb instagram linkedin etherscan infura alchemy moralis binance "
    "coinbase kraken alphavantage finnhub quandl newsapi azure cosmos cosmosdb supabase auth0 okta cognito "
    "vision email mail sms smtp payment maps gmaps geocoding iam aws heroku cloudflare "
    "fastly netlify vercel digitalocean linode elastic elasticsearch redis mongo fauna faunadb hasura appsync "
    "graphql ghost steam riot twitch trello jira atlassian asana monday sentry apollo lambda_apollo ably "
    "pagerduty opsgenie workos snyk sonar npm nuget docker dockerhub expo relic geocoder owm xero quickbooks "
    "netsuite sap oracle ibm watson zoho freshdesk calendly typeform webflow bitly rebrandly clicksend infobip "
    "telnyx secret"
)
