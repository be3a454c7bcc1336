"""Properties of CloudFormation resources that carry secrets, from the CloudFormation reference of AWS."""

from __future__ import annotations

from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.detect.siblings import Parts
from migrate.model import Kind

# Functions of CloudFormation whose arguments are values still; those of all others point elsewhere.
INTRINSICS = frozenset({"Fn::Sub", "Fn::If", "Fn::Base64", "Fn::Transform"})
# A resource's type, and the names of its properties that hold secrets, at whatever depth.
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
_AWAITED = NameMeaning(Kind.OTHER, Strength.WEAK, SecretOrigin.ISSUED, "a text that a firewall waits for")
UNNAMED_PROPERTIES = {
    ("AWS::ApiGateway::ApiKey", "Value"): NameMeaning(Kind.API_KEY, Strength.STRONG, SecretOrigin.ISSUED, "an API key"),
    ("AWS::SSM::Parameter", "Value"): NameMeaning(Kind.OTHER, Strength.FAIR, SecretOrigin.CHOSEN, "a stored parameter"),
    ("AWS::WAFv2::RuleGroup", "SearchString"): _AWAITED,
    ("AWS::WAFv2::WebACL", "SearchString"): _AWAITED,
}


def property_name(parts: Parts) -> str:
    """Return the last key of a path that is no CloudFormation function, or ''."""
    return next((part for part in reversed(parts) if isinstance(part, str) and part not in INTRINSICS), "")


def carries_secret(resource_type: str, parts: Parts) -> bool:
    """Return whether a property at a path carries a secret in such a resource."""
    return bool(resource_type) and (resource_type, property_name(parts)) in SECRET_PROPERTIES
