"""Properties of CloudFormation resources that carry secrets, from the CloudFormation reference."""

from __future__ import annotations

from migrate.detect.names import FAIR, STRONG, WEAK, Maker, Sense
from migrate.model import Kind

_PROPERTIES = """
AWS::AmazonMQ::Broker Password
AWS::Amplify::App AccessToken OauthToken Password
AWS::Amplify::Branch Password
AWS::ApiGateway::ApiKey Value
AWS::AppStream::DirectoryConfig AccountPassword
AWS::AppSync::DataSource AuthorizationConfig
AWS::CodeBuild::SourceCredential Token
AWS::CodePipeline::Pipeline OAuthToken
AWS::CodePipeline::Webhook SecretToken
AWS::Cognito::UserPoolIdentityProvider client_secret private_key
AWS::DMS::Endpoint Password SaslPassword SslClientKeyPassword AuthPassword
AWS::DataSync::LocationSMB Password
AWS::DataSync::LocationObjectStorage SecretKey
AWS::DirectConnect::PrivateVirtualInterface AuthKey
AWS::DirectoryService::MicrosoftAD Password
AWS::DirectoryService::SimpleAD Password
AWS::DocDB::DBCluster MasterUserPassword
AWS::EC2::VPNConnection PreSharedKey
AWS::EMR::Cluster KdcAdminPassword ADDomainJoinPassword CrossRealmTrustPrincipalPassword
AWS::ElastiCache::ReplicationGroup AuthToken
AWS::ElastiCache::User Passwords
AWS::ElasticLoadBalancingV2::Listener ClientSecret
AWS::ElasticLoadBalancingV2::ListenerRule ClientSecret
AWS::Elasticsearch::Domain MasterUserPassword
AWS::Events::Connection ApiKeyValue Password ClientSecret
AWS::FSx::FileSystem Password
AWS::Glue::Connection PASSWORD
AWS::IAM::User Password
AWS::KinesisFirehose::DeliveryStream Password HECToken AccessKey
AWS::Lightsail::Database MasterUserPassword
AWS::ManagedBlockchain::Member AdminPassword
AWS::MemoryDB::User Passwords
AWS::OpenSearchService::Domain MasterUserPassword
AWS::OpsWorks::App Password SshKey PrivateKey
AWS::OpsWorks::Stack Password SshKey DbPassword
AWS::Pinpoint::ADMChannel ClientSecret
AWS::Pinpoint::APNSChannel PrivateKey TokenKey
AWS::Pinpoint::GCMChannel ApiKey
AWS::QuickSight::DataSource Password
AWS::RDS::DBCluster MasterUserPassword
AWS::RDS::DBInstance MasterUserPassword TdeCredentialPassword
AWS::Redshift::Cluster MasterUserPassword
AWS::SSM::Parameter Value
AWS::SecretsManager::Secret SecretString
AWS::WAFv2::RuleGroup SearchString
AWS::WAFv2::WebACL SearchString
Alexa::ASK::Skill ClientSecret RefreshToken
"""
SECRET_PROPERTIES = frozenset(
    (line.split()[0], prop) for line in _PROPERTIES.strip().splitlines() for prop in line.split()[1:]
)  # fmt: skip
# A firewall lets pass who sends it: of all the texts searched for, only random ones are such.
_AWAITED = Sense(Kind.OTHER, WEAK, Maker.ISSUED, "a text that a firewall waits for")
UNNAMED_PROPERTIES = {
    ("AWS::ApiGateway::ApiKey", "Value"): Sense(Kind.API_KEY, STRONG, Maker.ISSUED, "an API key"),
    ("AWS::SSM::Parameter", "Value"): Sense(Kind.OTHER, FAIR, Maker.CHOSEN, "a stored parameter"),
    ("AWS::WAFv2::RuleGroup", "SearchString"): _AWAITED,
    ("AWS::WAFv2::WebACL", "SearchString"): _AWAITED,
}
