"""Pieces of the blind part's manifests that hold no secrets and look as if they did."""

from __future__ import annotations

FUNCTIONS = (
    """\
issueToken:
  handler: @@~=dist/issueToken.handler@@
  url:
    authorizer: @@~=aws_iam@@
""",
    """\
validatePasscode:
  handler: @@~=app.validate_passcode@@
  events:
    - httpApi: { method: post, path: '@@~=/passcode/validate@@' }
""",
    """\
secretSync:
  handler: @@~=jobs.secret_sync@@
  events:
    - eventBridge:
        pattern:
          source: [aws.secretsmanager]
          detail-type: ['@@~=AWS Secrets Manager Secret Rotation@@']
""",
    """\
customAuth:
  handler: @@~=auth.custom@@
  events:
    - cognitoUserPool: { pool: Main, trigger: @@~=VerifyAuthChallengeResponse@@ }
""",
    """\
stream:
  handler: stream.handler
  events:
    - msk:
        arn: @@~=arn:aws:kafka:eu-west-1:112233445566:cluster/main/0a1b2c3d-1111-2222-3333-444455556666-5@@
        topic: @@~=token-events@@
        saslScram512: @@~:secret-arn@@
""",
)

STATEMENTS = (
    """\
- Effect: Allow
  Action: @@~=secretsmanager:PutSecretValue@@
  Resource: @@~:secret-arn@@
""",
    """\
- Sid: @@~=AllowPasswordReset@@
  Effect: Allow
  Action: ['@@~=cognito-idp:AdminResetUserPassword@@']
  Resource: @@~:pool-arn@@
""",
    """\
- Sid: @@~=UseDataKey@@
  Effect: Allow
  Action: ['kms:Encrypt', '@@~=kms:ReEncrypt*@@']
  Resource: @@~:kms-arn@@
  Condition:
    StringEquals:
      kms:EncryptionContext:purpose: @@~=tokens@@
""",
)

RESOURCES = (
    """\
LookupTable:
  Type: AWS::DynamoDB::Table
  Properties:
    TableName: @@~=${self:service}-api-keys@@
    KeySchema:
      - { AttributeName: @@~=apiKeyHash@@, KeyType: HASH }
    AttributeDefinitions:
      - { AttributeName: @@~=apiKeyHash@@, AttributeType: S }
    BillingMode: PAY_PER_REQUEST
""",
    """\
Plan:
  Type: AWS::ApiGateway::UsagePlanKey
  Properties:
    KeyId: @@~=!Ref PartnerKey@@
    KeyType: @@~=API_KEY@@
    UsagePlanId: !Ref UsagePlan
""",
    """\
Proxy:
  Type: AWS::RDS::DBProxy
  Properties:
    DBProxyName: main
    EngineFamily: POSTGRESQL
    Auth:
      - { AuthScheme: @@~=SECRETS@@, SecretArn: @@~:secret-arn@@, IAMAuth: DISABLED }
""",
    """\
Rotation:
  Type: AWS::SecretsManager::RotationSchedule
  Properties:
    SecretId: @@~=live/main/rds@@
    HostedRotationLambda:
      RotationType: @@~=PostgreSQLSingleUser@@
""",
    """\
Connection:
  Type: AWS::Events::Connection
  Properties:
    AuthorizationType: API_KEY
    AuthParameters:
      ApiKeyAuthParameters:
        ApiKeyName: @@~=x-partner-key@@
        ApiKeyValue: '@@~={{resolve:secretsmanager:partner:SecretString:key}}@@'
""",
)

CUSTOM = (
    """\
authorizer:
  name: jwt
  identitySource: @@~=$request.header.Authorization@@
  issuerUrl: @@~=https://id.example.net/@@
""",
    """\
esbuild:
  bundle: true
  minify: false
  exclude: ['@aws-sdk/*']
""",
    """\
passwordRules:
  minLength: @@~=10@@
  message: "@@~=Passwords must not contain the user's name@@"
""",
    """\
alerts:
  dashboards: true
  topics:
    alarm: @@~:topic-arn@@
""",
    """\
secretNames: [@@~=main/rds@@, @@~=main/partner-token@@]
""",
)
