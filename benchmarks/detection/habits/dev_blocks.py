"""Pieces of the development part's manifests that hold no secrets and look as if they did."""

from __future__ import annotations

FUNCTIONS = (
    """\
login:
  handler: @@~=src/auth/login.handler@@
  events:
    - http:
        path: @@~=auth/login@@
        method: post
        cors: true
""",
    """\
refreshToken:
  handler: @@~=src/auth/refreshToken.handler@@
  description: @@~=Exchanges a refresh token for an access token@@
  events:
    - http: @@~=POST auth/token@@
""",
    """\
forgotPassword:
  handler: @@~=functions/forgotPassword.main@@
  timeout: 10
  events:
    - http:
        path: @@~=users/forgot-password@@
        method: post
""",
    """\
authorizer:
  handler: @@~=src/tokenAuthorizer.handler@@
  memorySize: 128
""",
    """\
rotateKeys:
  handler: @@~=src/jobs/rotateKeys.handler@@
  events:
    - schedule:
        rate: rate(30 days)
        name: @@~=${self:service}-rotate-api-keys@@
        input:
          key: @@~=rotation@@
          target: @@~=api-keys@@
""",
    """\
list:
  handler: src/list.handler
  events:
    - http:
        path: items
        method: get
        private: true
        authorizer:
          name: @@~=authorizer@@
          type: token
          identitySource: @@~=method.request.header.Authorization@@
          identityValidationExpression: '@@~=^Bearer [-0-9a-zA-Z._]+$@@'
""",
    """\
webhook:
  handler: src/webhook.handler
  events:
    - httpApi:
        path: @@~=/hooks/{token}@@
        method: post
""",
    """\
upload:
  handler: src/upload.handler
  events:
    - s3:
        bucket: uploads-${self:provider.stage}
        rules:
          - suffix: @@~=.key@@
          - prefix: @@~=secrets/@@
""",
)

STATEMENTS = (
    """\
- Effect: Allow
  Action:
    - @@~=secretsmanager:GetSecretValue@@
    - @@~=secretsmanager:DescribeSecret@@
  Resource: @@~:secret-arn@@
""",
    """\
- Effect: Allow
  Action:
    - @@~=ssm:GetParameter@@
    - @@~=ssm:GetParametersByPath@@
  Resource: @@~=arn:aws:ssm:*:*:parameter/app/*@@
""",
    """\
- Effect: Allow
  Action: [@@~=kms:Decrypt@@, @@~=kms:GenerateDataKey@@]
  Resource: @@~:kms-arn@@
""",
    """\
- Effect: Allow
  Action:
    - @@~=cognito-idp:AdminSetUserPassword@@
    - @@~=cognito-idp:AdminInitiateAuth@@
  Resource: @@~:pool-arn@@
""",
    """\
- Effect: Allow
  Action: @@~=sts:GetSessionToken@@
  Resource: '*'
""",
)

RESOURCES = (
    """\
TokensTable:
  Type: AWS::DynamoDB::Table
  Properties:
    TableName: @@~=${self:service}-tokens@@
    AttributeDefinitions:
      - AttributeName: @@~=token@@
        AttributeType: S
    KeySchema:
      - AttributeName: @@~=token@@
        KeyType: HASH
    BillingMode: PAY_PER_REQUEST
""",
    """\
Pool:
  Type: AWS::Cognito::UserPool
  Properties:
    UserPoolName: ${self:service}-${self:provider.stage}
    Policies:
      PasswordPolicy:
        MinimumLength: @@~=8@@
        RequireSymbols: @@~=false@@
    AutoVerifiedAttributes:
      - email
""",
    """\
PoolClient:
  Type: AWS::Cognito::UserPoolClient
  Properties:
    ClientName: @@~=web-client@@
    GenerateSecret: @@~=false@@
    RefreshTokenValidity: @@~=30@@
    ExplicitAuthFlows:
      - @@~=USER_PASSWORD_AUTH@@
""",
    """\
DbSecret:
  Type: AWS::SecretsManager::Secret
  Properties:
    Name: @@~=${self:service}/db@@
    GenerateSecretString:
      SecretStringTemplate: '@@~={"username":"app"}@@'
      GenerateStringKey: @@~=password@@
      PasswordLength: @@~=32@@
""",
    """\
Database:
  Type: AWS::RDS::DBInstance
  Properties:
    Engine: mysql
    DBInstanceClass: db.t3.micro
    MasterUsername: app
    MasterUserPassword: '@@~={{resolve:secretsmanager:app/db:SecretString:password}}@@'
""",
    """\
ApiKey:
  Type: AWS::ApiGateway::ApiKey
  Properties:
    Name: @@~=${self:service}-partner-key@@
    Enabled: true
    StageKeys:
      - StageName: @@~=dev@@
""",
    """\
DataKey:
  Type: AWS::KMS::Key
  Properties:
    Description: @@~=Encrypts tokens at rest@@
    EnableKeyRotation: @@~=true@@
DataKeyAlias:
  Type: AWS::KMS::Alias
  Properties:
    AliasName: @@~=alias/${self:service}-secrets@@
    TargetKeyId: !Ref DataKey
""",
    """\
GatewayResponseUnauthorized:
  Type: AWS::ApiGateway::GatewayResponse
  Properties:
    ResponseType: @@~=INVALID_API_KEY@@
    ResponseParameters:
      gatewayresponse.header.Access-Control-Allow-Headers: "@@~='Content-Type,Authorization,X-Api-Key'@@"
    RestApiId: !Ref ApiGatewayRestApi
""",
)

CUSTOM = (
    """\
customDomain:
  domainName: api.example.com
  certificateName: "@@~=*.example.com@@"
  hostedZoneId: @@~:zone@@
""",
    """\
webpack:
  webpackConfig: webpack.config.js
  keepOutputDirectory: true
""",
    """\
apiKeys:
  - name: @@~=partner@@
    value: @@~=${env:PARTNER_KEY}@@
""",
    """\
tokenNames:
  access: @@~=accessToken@@
  refresh: @@~=refreshToken@@
""",
    """\
kmsSecrets: @@~=${file(kms-secrets.${self:provider.stage}.yml)}@@
""",
    """\
dynamodb:
  start:
    port: 8000
    inMemory: true
    migrate: true
""",
    """\
secretsPath: @@~=/${self:service}/${self:provider.stage}/secrets@@
""",
)
