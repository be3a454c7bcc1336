"""What manifests mostly consist of. A process that has looked at it once is ready for others."""

MANIFEST = b"""\
service: shop
frameworkVersion: "3"
plugins: [serverless-offline]
custom: {stage: "${opt:stage, self:provider.stage}"}
package: {individually: true, exclude: [node_modules/**], include: []}
provider:
  name: aws
  runtime: nodejs18.x
  stage: dev
  region: us-east-1
  memorySize: 512
  timeout: 10
  environment: {TABLE_NAME: orders, API_KEY: changeme, SIGNING_KEY: "${env:SIGNING_KEY}", TOKEN_SECRET: 12 hours}
  iamRoleStatements:
    - Effect: Allow
      Action: [dynamodb:Query]
      Resource: "arn:aws:dynamodb:${self:provider.region}:*:table/orders"
functions:
  create:
    handler: handler.create
    description: Puts an order in # the table
    events:
      - http: {path: orders, method: post, cors: {origin: "*", headers: [Authorization]}, authorizer: aws_iam}
      - schedule: rate(1 day) # instead of: curl https://example.com/orders
      - s3: {bucket: photos, event: "s3:ObjectCreated:*"}
      - stream: {type: dynamodb, arn: !GetAtt Table.StreamArn, batchSize: 1}
      - websocket: {route: $connect}
resources:
  Resources:
    Table:
      Type: AWS::DynamoDB::Table
      DeletionPolicy: Retain
      Properties:
        TableName: orders
        AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
        KeySchema: [{AttributeName: id, KeyType: HASH}]
        ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
        Tags: [{Key: team, Value: orders}]
        Secret: !Ref Secret
  Outputs: {TableArn: {Value: {"Fn::GetAtt": [Table, Arn]}, Export: {Name: shop-table}}}
"""
ENVIRONMENT = b"""\
API_KEY: changeme
DATABASE_URL: "postgres://app:changeme@db.example.com:5432/shop"
START: 'start --verbose token=changeme'
DB_PASSWORD: tigers and other cats 7
"""
