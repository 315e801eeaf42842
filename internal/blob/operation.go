package blob

// Operation is one row of the table of what may be asked of the service.
type Operation uint8

// The operations of the Blob REST API that want a permission.
const (
	OpListContainers Operation = iota
	OpGetServiceProperties
	OpSetServiceProperties
	OpGetServiceStats
	OpGetAccountInfo
	OpGetUserDelegationKey
	OpFindBlobsByTags          // on the account
	OpFindBlobsByTagsContainer // on a container
	OpBatch
	OpBatchContainer

	OpCreateContainer
	OpGetContainer // properties and metadata
	OpSetContainerMetadata
	OpGetContainerACL
	OpSetContainerACL
	OpDeleteContainer
	OpLeaseContainer
	OpBreakContainerLease
	OpRestoreContainer
	OpRenameContainer
	OpListBlobs

	OpGetBlob
	OpGetBlobProperties
	OpGetBlockList
	OpGetPageRanges
	OpQueryBlob
	OpPutBlob // creates or overwrites: Put Blob, Put Blob From URL, Copy Blob, Copy Blob From URL
	OpPutBlock
	OpPutBlockList
	OpPutPage
	OpSetBlobProperties
	OpSetBlobMetadata
	OpLeaseBlob
	OpBreakBlobLease
	OpAbortCopy
	OpSetTier
	OpSetExpiry
	OpAppendBlock
	OpSealBlob
	OpSnapshotBlob
	OpDeleteBlob
	OpDeleteVersion
	OpDeletePermanently
	OpUndeleteBlob
	OpGetBlobTags
	OpSetBlobTags
	OpSetImmutability
	OpDeleteImmutability
	OpSetLegalHold

	operations
)

// level is how much of a container is public where an operation is allowed to anybody.
type level uint8

const (
	neverPublic level = iota
	publicBlob        // PublicBlobs or more
	publicWhole       // PublicContainer
)

// rule is what an operation wants of each sort of right. Letters are alternatives: one of them is enough. new are the
// alternatives that only make what is not there yet.
type rule struct {
	name string

	action  string // below Microsoft.Storage/storageAccounts/blobServices/; "" where tokens cannot ask for it
	added   string // enough where something new is made
	also    string // enough as well
	data    bool
	account bool // its scope is the account, not the container

	resource byte   // srt of an account SAS: s, c, o; 0: none will do
	letters  string // sp of an account SAS; "" none will do, "*" any
	creates  string // of those, for what is new

	service        string // sp of a service or user delegation SAS; "" none will do
	serviceCreates string

	public level
}

const (
	blobService = "Microsoft.Storage/storageAccounts/blobServices/"
	blobsRead   = "containers/blobs/read"
	blobsWrite  = "containers/blobs/write"
	blobsAdd    = "containers/blobs/add/action"
)

// rules is the table: what the REST reference's "Authorization" sections, "Permissions for calling data operations",
// "Create an account SAS" and "Create a service SAS" say. Longer than 80 lines: one row for each operation.
var rules = [operations]rule{
	OpListContainers:           {name: "ListContainers", action: "containers/read", account: true, resource: 's', letters: "l"},
	OpGetServiceProperties:     {name: "GetBlobServiceProperties", action: "read", account: true, resource: 's', letters: "r"},
	OpSetServiceProperties:     {name: "SetBlobServiceProperties", action: "write", account: true, resource: 's', letters: "w"},
	OpGetServiceStats:          {name: "GetBlobServiceStats", action: "read", account: true, resource: 's', letters: "r"},
	OpGetAccountInfo:           {name: "GetAccountInformation", action: "getInfo/action", account: true, resource: '*', letters: "*", service: "*"},
	OpGetUserDelegationKey:     {name: "GetUserDelegationKey", action: "generateUserDelegationKey/action", account: true},
	OpFindBlobsByTags:          {name: "FindBlobsByTags", action: "containers/blobs/filter/action", data: true, account: true, resource: 's', letters: "f"},
	OpFindBlobsByTagsContainer: {name: "FindBlobsByTags", action: "containers/blobs/filter/action", data: true, resource: 'c', letters: "f", service: "f"},
	OpBatch:                    {name: "BlobBatch", action: "containers/write", account: true, resource: '*', letters: "*"},
	OpBatchContainer:           {name: "BlobBatch", action: "containers/write", resource: '*', letters: "*", service: "*"},

	OpCreateContainer:      {name: "CreateContainer", action: "containers/write", resource: 'c', letters: "cw", creates: "c"},
	OpGetContainer:         {name: "GetContainerProperties", action: "containers/read", resource: 'c', letters: "r", public: publicWhole},
	OpSetContainerMetadata: {name: "SetContainerMetadata", action: "containers/write", resource: 'c', letters: "w"},
	OpGetContainerACL:      {name: "GetContainerACL", action: "containers/getAcl/action"},
	OpSetContainerACL:      {name: "SetContainerACL", action: "containers/setAcl/action"},
	OpDeleteContainer:      {name: "DeleteContainer", action: "containers/delete", resource: 'c', letters: "d"},
	OpLeaseContainer:       {name: "LeaseContainer", action: "containers/write", resource: 'c', letters: "w"},
	OpBreakContainerLease:  {name: "LeaseContainer", action: "containers/write", resource: 'c', letters: "wd"},
	OpRestoreContainer:     {name: "RestoreContainer", action: "containers/write", resource: 'c', letters: "w"},
	OpRenameContainer:      {name: "RenameContainer", action: "containers/write", resource: 'c', letters: "w"},
	OpListBlobs:            {name: "ListBlobs", action: blobsRead, data: true, resource: 'c', letters: "l", service: "l", public: publicWhole},

	OpGetBlob:           {name: "GetBlob", action: blobsRead, data: true, resource: 'o', letters: "r", service: "r", public: publicBlob},
	OpGetBlobProperties: {name: "GetBlobProperties", action: blobsRead, data: true, resource: 'o', letters: "r", service: "r", public: publicBlob},
	OpGetBlockList:      {name: "GetBlockList", action: blobsRead, data: true, resource: 'o', letters: "r", service: "r", public: publicBlob},
	OpGetPageRanges:     {name: "GetPageRanges", action: blobsRead, data: true, resource: 'o', letters: "r", service: "r", public: publicBlob},
	OpQueryBlob:         {name: "QueryBlobContents", action: blobsRead, data: true, resource: 'o', letters: "r", service: "r"},
	OpPutBlob:           {name: "PutBlob", action: blobsWrite, added: blobsAdd, data: true, resource: 'o', letters: "wc", creates: "c", service: "wc", serviceCreates: "c"},
	OpPutBlock:          {name: "PutBlock", action: blobsWrite, data: true, resource: 'o', letters: "wc", creates: "c", service: "wc", serviceCreates: "c"},
	OpPutBlockList:      {name: "PutBlockList", action: blobsWrite, data: true, resource: 'o', letters: "wc", creates: "c", service: "wc", serviceCreates: "c"},
	OpPutPage:           {name: "PutPage", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpSetBlobProperties: {name: "SetBlobProperties", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpSetBlobMetadata:   {name: "SetBlobMetadata", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpLeaseBlob:         {name: "LeaseBlob", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpBreakBlobLease:    {name: "LeaseBlob", action: blobsWrite, data: true, resource: 'o', letters: "wd", service: "wd"},
	OpAbortCopy:         {name: "AbortCopyBlob", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpSetTier:           {name: "SetBlobTier", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpSetExpiry:         {name: "SetBlobExpiry", action: blobsWrite, data: true, resource: 'o', letters: "w", service: "w"},
	OpAppendBlock:       {name: "AppendBlock", action: blobsWrite, also: blobsAdd, data: true, resource: 'o', letters: "aw", service: "aw"},
	OpSealBlob:          {name: "AppendBlobSeal", action: blobsWrite, also: blobsAdd, data: true, resource: 'o', letters: "aw", service: "aw"},
	OpSnapshotBlob:      {name: "SnapshotBlob", action: blobsWrite, also: blobsAdd, data: true, resource: 'o', letters: "wc", service: "wc"},
	OpDeleteBlob:        {name: "DeleteBlob", action: "containers/blobs/delete", data: true, resource: 'o', letters: "d", service: "d"},
	OpDeleteVersion:     {name: "DeleteBlob", action: "containers/blobs/deleteBlobVersion/action", data: true, resource: 'o', letters: "x", service: "x"},
	OpDeletePermanently: {name: "DeleteBlob", action: "containers/blobs/permanentDelete/action", data: true, resource: 'o', letters: "y", service: "y"},
	OpUndeleteBlob:      {name: "UndeleteBlob", action: "containers/write", resource: 'o', letters: "w", service: "w"},
	OpGetBlobTags:       {name: "GetBlobTags", action: "containers/blobs/tags/read", data: true, resource: 'o', letters: "t", service: "t"},
	OpSetBlobTags:       {name: "SetBlobTags", action: "containers/blobs/tags/write", data: true, resource: 'o', letters: "t", service: "t"},

	OpSetImmutability:    {name: "SetBlobImmutabilityPolicy", action: "containers/write", resource: 'o', letters: "i", service: "i"},
	OpDeleteImmutability: {name: "DeleteBlobImmutabilityPolicy", action: "containers/write", resource: 'o', letters: "i", service: "i"},
	OpSetLegalHold:       {name: "SetBlobLegalHold", action: "containers/write", resource: 'o', letters: "i", service: "i"},
}

// String is the operation's name, as Storage Analytics has it.
func (o Operation) String() string {
	if o < operations {
		return rules[o].name
	}
	return "unknown"
}
